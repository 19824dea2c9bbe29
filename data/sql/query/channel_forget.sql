-- cache: sync, at its start: messages of channels that no incident names any more.
delete from channel_message where channel_id not in (select slack_channel_id from incident);
