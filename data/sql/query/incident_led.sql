-- cache: the console's reminders: the live incidents that a person leads, the newest first.
select incident.id, incident.reference, incident.mode, incident.incident_status_category as status_category,
    incident.severity_digit, incident.created_at,
    coalesce((select max(created_at) from incident_update where incident_id = incident.id), 0) as last_update_at
from incident join user on user.id = incident.lead_id
where user.email = :email collate nocase and incident.lead_id <> '' and incident.incident_status_category = 'live'
order by incident.created_at desc, incident.id limit 50;
