-- cache: sync: up to which message a channel is known.
select ts from channel_message where channel_id = :channel_id and thread_ts = '' order by said_at desc, ts desc limit 1;
