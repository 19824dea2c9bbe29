-- hub: the demo's look-alike of GitHub: a pull request as it is attached to an incident.
select attached.resource_title, incident.created_at, incident.updated_at,
    incident.incident_status_category in ('triage', 'live', 'paused') as is_open
from incident_attachment as attached join incident on incident.id = attached.incident_id
where attached.resource_permalink = :link
order by incident.created_at limit 1;
