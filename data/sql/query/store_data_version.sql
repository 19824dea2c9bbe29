-- cache, private, hub: the console asks whether anybody has committed since it last painted.
pragma data_version;
