-- cache: sync, when a channel was read.
delete from channel_problem where channel_id = :channel_id;
