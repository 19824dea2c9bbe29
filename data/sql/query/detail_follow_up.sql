-- cache: the console's detail of a follow-up.
select follow_up.id, follow_up.title, follow_up.status, follow_up.assignee_name as assignee,
    follow_up.assignee_team_name as team, follow_up.priority_name as priority,
    coalesce(json_extract(follow_up.json, '$.priority.description'), '') as priority_description,
    follow_up.external_issue_name as issue, follow_up.external_issue_permalink as issue_link,
    follow_up.external_issue_provider as provider,
    follow_up.created_at, follow_up.due_at, follow_up.completed_at,
    coalesce(json_extract(follow_up.json, '$.description'), '') as description,
    coalesce(json_extract(follow_up.json, '$.creator.user.name'), '') as creator,
    coalesce((select group_concat(value, ', ') from json_each(follow_up.json, '$.labels')), '') as labels,
    follow_up.incident_id, coalesce(incident.reference, '') as incident_reference,
    coalesce(incident.name, '') as incident_name,
    coalesce(incident.incident_status_name, '') as incident_status,
    coalesce(incident.permalink, '') as incident_permalink
from follow_up
left join incident on incident.id = follow_up.incident_id
where follow_up.id = :id;
