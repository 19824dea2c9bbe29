-- cache: the console's detail of an alert: what the strip says of it, in one statement: the object, its newest incident and
-- escalation, and how often the same source and key fired in the day before it.
select alert.id, alert.title, alert.status, alert.source_url, alert.deduplication_key,
    alert.created_at, alert.updated_at, alert.resolved_at,
    alert.severity, alert.severity_digit, alert.environment, alert.owner, alert.team, alert.node, alert.level,
    coalesce(source.name, '') as source, coalesce(source.source_type, '') as source_type,
    coalesce(link.incident_id, '') as incident_id, coalesce(link.incident_reference, '') as incident_reference,
    coalesce(incident.name, '') as incident_name,
    coalesce(incident.incident_status_name, '') as incident_status,
    coalesce(incident.permalink, '') as incident_permalink,
    coalesce((select name from alert_route where id = link.alert_route_id), '') as route,
    coalesce(escalation.id, '') as escalation_id, coalesce(escalation.status, '') as escalation,
    coalesce(event.occurred_at, escalation.created_at, 0) as escalation_at,
    coalesce((select group_concat(coalesce(value ->> 'name', ''), ', ')
        from json_each(iif(json_valid(event.users), event.users, '[]')) where type = 'object'), '') as people,
    (select count(*) from (select 1 from alert as other
        where other.deduplication_key = alert.deduplication_key
            and other.created_at <= alert.created_at and other.created_at > alert.created_at - 86400000
            and other.alert_source_id = alert.alert_source_id and alert.deduplication_key <> ''
        limit 99)) as times,
    coalesce((select min(created_at) from alert as other
        where other.deduplication_key = alert.deduplication_key
            and other.created_at <= alert.created_at and other.created_at > alert.created_at - 86400000
            and other.alert_source_id = alert.alert_source_id and alert.deduplication_key <> ''), 0) as first_at
from alert
left join alert_source as source on source.id = alert.alert_source_id
left join incident_alert as link on link.id =
    (select id from incident_alert where alert_id = alert.id order by id desc limit 1)
left join incident on incident.id = link.incident_id
left join escalation on escalation.id =
    (select parent_id from escalation_alert where alert_id = alert.id order by parent_id desc limit 1)
left join escalation_event as event on event.parent_id = escalation.id and event.position =
    (select position from escalation_event
        where parent_id = escalation.id and event in ('acked', 'notified_users')
        order by event = 'acked' desc, occurred_at desc limit 1)
where alert.id = :id;
