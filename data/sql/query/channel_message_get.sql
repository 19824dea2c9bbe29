-- cache: one message of a channel.
select * from channel_message where channel_id = :channel_id and ts = :ts;
