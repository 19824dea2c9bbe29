-- cache: the console's timeline: what people say in its Slack channel, as timeline_updates.
select id, 'slack' as kind, who, change, text, detail, at
from (select 'slack/' || message.channel_id || '/' || message.ts as id, message.who,
        iif(message.thread_ts <> '', 'Reply', '') as change, message.text, message.permalink as detail, message.said_at as at
    from incident join channel_message as message on message.channel_id = incident.slack_channel_id and message.is_said
    where incident.id = :incident_id and incident.slack_channel_id <> '')
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
