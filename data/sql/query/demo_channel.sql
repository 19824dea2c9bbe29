-- hub: the demo's look-alike of Slack: the incident that a channel is of, and who leads it.
select incident.created_at, incident.updated_at, incident.incident_status_category in ('triage', 'live', 'paused') as is_open,
    coalesce((select slack_user_id from user where user.id = incident.lead_id), '') as lead
from incident
where incident.slack_channel_id = :channel_id limit 1;
