-- cache: sync, when something was said in a channel, or said in another way.
insert or replace into channel_message (channel_id, ts, thread_ts, said_at, who, text, permalink, is_said, latest_reply)
values (:channel_id, :ts, :thread_ts, :said_at, :who, :text, :permalink, :is_said, :latest_reply);
