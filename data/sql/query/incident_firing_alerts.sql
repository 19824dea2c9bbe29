-- hub: whether an alert of an incident still fires.
select count(*) from incident_alert join alert on alert.id = incident_alert.alert_id
where incident_alert.incident_id = :incident_id and alert.status = 'firing';
