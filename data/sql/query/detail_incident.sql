-- cache: the console's detail of an incident: the object, who leads it, its newest update, and how much hangs on it. (With
-- a plus the counts of what is open go by the incident, not through all that is open.)
select incident.id, incident.reference, incident.name, incident.mode, incident.visibility,
    incident.incident_status_name as status, incident.incident_status_category as category,
    incident.severity_name as severity, incident.severity_digit, incident.incident_type_name as type,
    incident.lead_name as lead, incident.permalink, incident.call_url, incident.slack_channel_name as channel,
    incident.slack_channel_id as channel_id,
    coalesce((select problem from channel_problem where channel_id = incident.slack_channel_id), '') as channel_problem, coalesce(json_extract(incident.json, '$.slack_team_id'), '') as slack_team,
    coalesce(json_extract(incident.json, '$.summary'), '') as summary,
    coalesce(json_extract(incident.json, '$.external_issue_reference.issue_name'), '') as issue,
    coalesce(json_extract(incident.json, '$.external_issue_reference.issue_permalink'), '') as issue_link,
    coalesce(nullif(incident.creator_user_name, ''), nullif(incident.creator_workflow_name, ''),
        nullif(incident.creator_alert_title, ''), incident.creator_api_key_name) as creator,
    incident.postmortem_document_url as postmortem, incident.created_at,
    coalesce(newest.created_at, 0) as update_at,
    coalesce(nullif(newest.updater_user_name, ''), nullif(newest.updater_workflow_name, ''),
        newest.updater_api_key_name, '') as updater,
    coalesce((select max(created_at) from incident_update where incident_id = incident.id
        and new_incident_status_category in ('closed', 'learning', 'declined', 'canceled', 'merged')
        and incident.incident_status_category not in ('triage', 'live', 'paused')), 0) as ended_at,
    (select count(*) from (select 1 from incident_alert where incident_id = incident.id limit 1000)) as alerts,
    (select count(*) from (select 1 from incident_alert join alert on alert.id = incident_alert.alert_id
        where incident_alert.incident_id = incident.id and alert.status = 'firing' limit 1000)) as alerts_firing,
    (select count(*) from follow_up where incident_id = incident.id and status <> 'deleted') as follow_ups,
    (select count(*) from follow_up where incident_id = incident.id and +status = 'outstanding') as follow_ups_open,
    (select count(*) from action where incident_id = incident.id and +status = 'outstanding') as actions_open
from incident
left join incident_update as newest on newest.id =
    (select id from incident_update where incident_id = incident.id order by created_at desc, id limit 1)
where incident.id = :id;
