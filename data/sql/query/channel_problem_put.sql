-- cache: sync, when Slack does not let a channel be read.
insert or replace into channel_problem (channel_id, problem) values (:channel_id, :problem);
