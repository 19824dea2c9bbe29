-- cache: the console's timeline: who was paged for it or for an attached alert, and what came of it, as timeline_updates.
with paged as (
    select parent_id as id from escalation_incident where incident_id = :incident_id
    union
    select escalation_alert.parent_id
    from incident_alert join escalation_alert on escalation_alert.alert_id = incident_alert.alert_id
    where incident_alert.incident_id = :incident_id),
happened as (
    select 'page/' || event.id as id, event.event, escalation.title, event.occurred_at as at,
        event.occurred_at - escalation.created_at as span_ms,
        coalesce((select group_concat(coalesce(value ->> 'name', ''), ', ')
            from json_each(iif(json_valid(event.users), event.users, '[]')) where type = 'object'), '') as users
    from paged
    join escalation on escalation.id = paged.id
    join escalation_event as event on event.parent_id = escalation.id)
select id, iif(event = 'acked', 'ack', 'page') as kind, iif(event = 'acked', users, '') as who,
    case event when 'acked' then 'acknowledged'
        when 'notified_users' then 'paged ' || users
        when 'triggered' then 'escalation: ' || title
        when 'notified_channels' then 'told the channel'
        when 'entered_grace_period' then 'waiting before paging'
        when 'expired' then 'nobody answered: expired'
        when 'cancelled' then 'escalation cancelled'
        when 'resolved' then 'escalation ended'
        else event end as text,
    title as detail, at, iif(event = 'acked', span_ms, 0) as span_ms
from happened
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
