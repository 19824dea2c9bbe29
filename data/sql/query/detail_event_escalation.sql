-- cache: the console's detail of an event of a timeline: the escalation it belongs to, among those of the incident.
with about (id) as (
    select parent_id from escalation_incident where incident_id = :incident_id
    union
    select escalation_alert.parent_id from incident_alert
    join escalation_alert on escalation_alert.alert_id = incident_alert.alert_id
    where incident_alert.incident_id = :incident_id)
select event.parent_id from about join escalation_event as event on event.parent_id = about.id
where event.id = :id limit 1;
