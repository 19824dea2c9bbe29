-- cache: the console's detail of an alert: the incidents it is attached to beside the newest.
select 'also in' as label,
    incident_alert.incident_reference || coalesce(' ' || incident.name, '')
        || coalesce(' (' || nullif(incident.incident_status_name, '') || ')', '') as text,
    coalesce(incident.permalink, '') as link, 'incident/' || incident_alert.incident_id as ref
from incident_alert
left join incident on incident.id = incident_alert.incident_id
where incident_alert.alert_id = :id
order by incident_alert.id desc limit 4 offset 1;
