-- cache: the console's timeline: the head of the incident it shows.
select id, reference, name, coalesce(json_extract(json, '$.summary'), '') as summary,
    incident_status_name as status, incident_status_category as status_category,
    lead_name as lead, severity_name as severity, permalink, slack_channel_name,
    severity_digit, created_at, updated_at,
    coalesce((select max(created_at) from incident_update where incident_id = incident.id), 0)
        as last_update_at, mode
from incident where id = :incident_id;
