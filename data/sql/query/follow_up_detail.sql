-- cache: the console's detail strip: all that is known of one follow-up.
select follow_up.id, follow_up.title, follow_up.status, follow_up.assignee_name, follow_up.assignee_team_name,
    follow_up.priority_name, follow_up.external_issue_name, follow_up.external_issue_permalink,
    follow_up.created_at, follow_up.due_at, follow_up.completed_at,
    coalesce(json_extract(follow_up.json, '$.description'), '') as description,
    coalesce(incident.reference, '') as incident_reference, coalesce(incident.name, '') as incident_name,
    coalesce(incident.incident_status_name, '') as incident_status
from follow_up
left join incident on incident.id = follow_up.incident_id
where follow_up.id = :id;
