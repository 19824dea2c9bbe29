-- cache: the console's alert pane: what a row shows of an alert.
select alert.key, alert.id, alert.title, coalesce(source.name, '') as source, alert.environment, alert.owner,
    alert.team, alert.node, alert.level, alert.feed_rank, alert.severity_digit, alert.status,
    alert.feed_at, alert.stored_at,
    coalesce((select status from (select escalation.status, max(escalation.created_at)
        from escalation_alert join escalation on escalation.id = escalation_alert.parent_id
        where escalation_alert.alert_id = alert.id)), '') as escalation,
    coalesce((select incident_id from incident_alert where alert_id = alert.id
        order by id desc limit 1), '') as incident_id,
    coalesce((select incident_reference from incident_alert where alert_id = alert.id
        order by id desc limit 1), '') as incident_reference
from alert
left join alert_source as source on source.id = alert.alert_source_id
where alert.key = :key;
