-- cache: an action answers the pages of an incident and of its alerts
select id, status from escalation where id in (
    select parent_id from escalation_incident where incident_id = :id
    union
    select escalation_alert.parent_id from incident_alert
    join escalation_alert on escalation_alert.alert_id = incident_alert.alert_id
    where incident_alert.incident_id = :id)
order by created_at desc limit 50;
