-- cache: why a channel cannot be read.
select problem from channel_problem where channel_id = :channel_id;
