-- cache: sync asks which pull requests to keep track of: of open incidents, of those on screen or changed since :since.
select attached.resource_permalink as link, max(attached.resource_external_id) as external_id,
    max(incident.incident_status_category in ('triage', 'live', 'learning', 'paused')
        or incident.id = :on_screen) as is_live
from incident_attachment as attached join incident on incident.id = attached.incident_id
where attached.resource_type = 'github_pull_request' and attached.resource_permalink <> ''
group by attached.resource_permalink
having is_live or max(incident.updated_at) >= :since
order by is_live desc, max(incident.key) desc
limit 500;
