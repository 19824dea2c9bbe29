-- cache: the console's follow-up pane: what a row shows of a follow-up.
select follow_up.id, follow_up.title, follow_up.assignee_name, follow_up.assignee_email,
    follow_up.assignee_team_name, follow_up.priority_name, follow_up.external_issue_name,
    follow_up.external_issue_permalink, follow_up.incident_id,
    coalesce(incident.reference, '') as incident_reference, coalesce(incident.name, '') as incident_name,
    follow_up.created_at, follow_up.due_at, follow_up.completed_at, follow_up.stored_at
from follow_up
left join incident on incident.id = follow_up.incident_id
where follow_up.key = :key;
