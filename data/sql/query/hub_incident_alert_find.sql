-- hub: the link between an incident and an alert. Asked before there is made another one.
select id from incident_alert where incident_id = :incident_id and alert_id = :alert_id limit 1;
