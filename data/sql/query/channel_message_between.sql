-- cache: sync, when Slack told of a stretch of a channel: what is known of it; or of one thread.
select * from channel_message
where channel_id = :channel_id and thread_ts = :thread_ts and said_at >= :since;
