-- cache: the console's timeline: attached alerts, each as it fired and as it was resolved, as timeline_updates.
with linked as (
    select alert.id, alert.title, alert.created_at, alert.resolved_at, coalesce(source.name, '') as source
    from incident_alert
    join alert on alert.id = incident_alert.alert_id
    left join alert_source as source on source.id = alert.alert_source_id
    where incident_alert.incident_id = :incident_id),
happened as (
    select 'alert/' || id as id, 'alert' as kind, source, title, created_at as at, 0 as span_ms from linked
    union all
    select 'resolved/' || id, 'resolved', source, title, resolved_at, resolved_at - created_at
    from linked where resolved_at > 0)
select id, kind, source as who, title as text, at, span_ms
from happened
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
