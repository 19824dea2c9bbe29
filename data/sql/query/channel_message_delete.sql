-- cache: sync, when a message is gone from its channel.
delete from channel_message where channel_id = :channel_id and ts = :ts;
