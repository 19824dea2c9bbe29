-- cache: the console's follow-up pane: the follow-ups of these keys, in their order.
select follow_up.id, follow_up.title, follow_up.assignee_name, follow_up.assignee_email,
    follow_up.assignee_team_name, follow_up.priority_name, follow_up.external_issue_name,
    follow_up.external_issue_permalink, follow_up.incident_id,
    coalesce(incident.reference, '') as incident_reference, coalesce(incident.name, '') as incident_name,
    follow_up.created_at, follow_up.due_at, follow_up.completed_at
from json_each(:keys) as near
join follow_up on follow_up.key = near.value
left join incident on incident.id = follow_up.incident_id
order by near.key;
