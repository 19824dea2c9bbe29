-- hub: the configuration file no longer declares an object.
delete from declared where kind = :kind and id = :id;
