-- cache: the console's status line: what became of an incident that is no longer shown: its last status, and who set it.
select iif(incident_status_category in ('triage', 'live', 'paused'), '',
        iif(incident_status_category = 'learning', 'resolved', incident_status_category)
            || coalesce(' by ' || nullif(coalesce(nullif(changed.updater_user_name, ''),
                nullif(changed.updater_api_key_name, ''), changed.updater_workflow_name), ''), '')) as what,
    coalesce(changed.created_at, 0), incident_status_category not in ('triage', 'live', 'paused') as is_over, reference
from incident
left join (select incident_id, updater_user_name, updater_api_key_name, updater_workflow_name, created_at
    from incident_update where incident_id = :id and new_incident_status_name <> ''
    order by created_at desc, id desc limit 1) as changed on changed.incident_id = incident.id
where incident.id = :id;
