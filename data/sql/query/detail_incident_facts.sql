-- cache: the console's detail of an incident: what hangs on it, section after section, each in its own order.
with fact (turn, section, label, text, at, link, ref, place) as (
    select 0, 'Roles', role_name, assignee_name, 0, '', '', position
    from incident_role_assignment where parent_id = :id and assignee_name <> ''
    union all
    select 1, 'Times', incident_timestamp_name, '', value, '', '', position
    from incident_timestamp_value where parent_id = :id and value > 0
    union all
    select 2, 'Fields', coalesce(field.value -> 'custom_field' ->> 'name', ''),
        coalesce((select group_concat(coalesce(item.value -> 'value_catalog_entry' ->> 'name',
                item.value -> 'value_option' ->> 'value', item.value ->> 'value_text',
                item.value ->> 'value_link', item.value ->> 'value_numeric'), ', ')
            from json_each(field.value, '$.values') as item where item.type = 'object'), ''), 0,
        coalesce(field.value -> 'values' -> 0 ->> 'value_link', ''), '', field.key
    from incident, json_each(incident.json, '$.custom_field_entries') as field
    where incident.id = :id and field.type = 'object'
    union all
    select 3, 'Durations', coalesce(metric.value -> 'duration_metric' ->> 'name', ''),
        coalesce((metric.value ->> 'value_seconds') / 60, 0) || ' min', 0, '', '', metric.key
    from incident, json_each(incident.json, '$.duration_metrics') as metric
    where incident.id = :id and metric.type = 'object' and metric.value ->> 'status' = 'success'
    union all
    select 4, 'Attached', replace(replace(resource_type, 'github_', ''), '_', ' '),
        iif(link is null, resource_title, summary || ': ' || coalesce(nullif(title, ''), resource_title)), 0,
        resource_permalink, 'link/' || id, key
    from incident_attachment left join pull_request on link = resource_permalink
    where incident_id = :id
    union all
    select 5, 'Documents', 'post-mortem', title || ' (' || replace(status, '_', ' ') || ')', 0, document_url, '',
        created_at
    from postmortem_document where incident_id = :id
    union all
    select 6, 'Related', coalesce(incident.reference, '#' || incident_external_id),
        incident_name || coalesce(' (' || nullif(incident.incident_status_name, '') || ')', ''),
        0, coalesce(incident.permalink, ''), iif(incident.id is null, '', 'incident/' || incident.id),
        -incident_external_id
    from incident_relationship left join incident on incident.id = incident_relationship.incident_id
    where parent_incident_id = :id
    union all
    select 7, 'Alerts', iif(alert.status = 'firing', 'firing', 'resolved'), alert.title, alert.created_at, '',
        'alert/' || alert.id, -alert.created_at
    from incident_alert join alert on alert.id = incident_alert.alert_id
    where incident_alert.incident_id = :id
    union all
    select 8, 'Follow-ups', iif(status = 'outstanding', 'open', replace(status, '_', ' ')),
        title || coalesce(' (' || nullif(assignee_name, '') || ')', ''), 0, external_issue_permalink,
        'follow-up/' || id, created_at
    from follow_up where incident_id = :id and status <> 'deleted'
    union all
    select 9, 'Actions', iif(status = 'outstanding', 'open', replace(status, '_', ' ')),
        description || coalesce(' (' || nullif(assignee_name, '') || ')', ''), 0, '', '', created_at
    from action where incident_id = :id and status <> 'deleted')
select section, label, text, at, link, ref from fact order by turn, place limit 120;
