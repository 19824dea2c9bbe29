-- cache: the console's timeline: what happened to an incident, around a moment. :older 1 = that moment and before it, newest
-- first; 0 = after it, oldest first. What the API gives no time for carries the time it was first seen.
with linked as (
    select alert.id, alert.title, alert.created_at, alert.resolved_at,
        coalesce(source.name, '') as source
    from incident_alert
    join alert on alert.id = incident_alert.alert_id
    left join alert_source as source on source.id = alert.alert_source_id
    where incident_alert.incident_id = :incident_id),
paged as (
    select parent_id as id from escalation_incident where incident_id = :incident_id
    union
    select escalation_alert.parent_id from escalation_alert
    join linked on linked.id = escalation_alert.alert_id),
changed as (
    select id, message, created_at as at, merged_into_incident_id as merged,
        new_incident_status_name as status, new_severity_name as severity,
        coalesce(lag(nullif(new_incident_status_name, ''))
            over (order by created_at, id), '') as status_before,
        coalesce(lag(nullif(new_severity_name, ''))
            over (order by created_at, id), '') as severity_before,
        coalesce(nullif(updater_user_name, ''), nullif(updater_api_key_name, ''),
            nullif(updater_workflow_name, ''), updater_alert_title) as who
    from incident_update where incident_id = :incident_id),
event (id, kind, who, change, text, detail, at, first_seen, span_ms) as (
    select 'incident/' || id, 'opened',
        coalesce(nullif(creator_user_name, ''), nullif(creator_workflow_name, ''),
            creator_api_key_name),
        'Opened', name, '', created_at, 0, 0
    from incident where id = :incident_id
    union all
    select 'update/' || id,
        case when merged <> '' then 'merge'
            when status <> '' and status <> status_before then 'status'
            when severity <> '' and severity <> severity_before then 'severity'
            else 'update' end,
        who,
        case when status <> '' and status <> status_before
            then iif(status_before = '', '', status_before || ' -> ') || status
            when severity <> '' and severity <> severity_before
            then iif(severity_before = '', '', severity_before || ' -> ') || severity
            else '' end,
        message, '', at, 0, 0
    from changed
    union all
    select 'item/' || id, 'event',
        coalesce(nullif(creator_user_name, ''), nullif(creator_api_key_name, ''),
            creator_workflow_name),
        '', title, description, timestamp, 0, 0
    from incident_timeline_item where incident_id = :incident_id
    union all
    select 'alert/' || id, 'alert', source, '', title, '', created_at, 0, 0 from linked
    union all
    select 'resolved/' || id, 'resolved', source, '', title, '', resolved_at, 0,
        resolved_at - created_at
    from linked where resolved_at > 0
    union all
    select 'note/' || alert_note.id, 'note',
        coalesce(nullif(creator_user_name, ''), nullif(creator_api_key_name, ''),
            creator_workflow_name),
        '', content, linked.title, alert_note.created_at, 0, 0
    from linked join alert_note on alert_note.alert_id = linked.id
    union all
    select 'page/' || escalation_event.id,
        case event when 'acked' then 'ack' else 'page' end,
        case event when 'acked' then coalesce((select group_concat(coalesce(value ->> 'name', ''), ', ')
            from json_each(iif(json_valid(users), users, '[]'))), '') else '' end,
        '',
        case event when 'acked' then 'acknowledged'
            when 'notified_users' then 'paged ' || coalesce((select
                group_concat(coalesce(value ->> 'name', ''), ', ')
                from json_each(iif(json_valid(users), users, '[]'))), '')
            when 'triggered' then 'escalation: ' || escalation.title
            when 'notified_channels' then 'told the channel'
            when 'entered_grace_period' then 'waiting before paging'
            when 'expired' then 'nobody answered: expired'
            when 'cancelled' then 'escalation cancelled'
            when 'resolved' then 'escalation ended'
            else event end,
        escalation.title, escalation_event.occurred_at, 0,
        case event when 'acked' then escalation_event.occurred_at - escalation.created_at else 0 end
    from paged
    join escalation on escalation.id = paged.id
    join escalation_event on escalation_event.parent_id = escalation.id
    union all
    select 'link/' || id, 'link', '', '', resource_title, resource_permalink, first_seen_at, 1, 0
    from incident_attachment where incident_id = :incident_id and first_seen_at > 0
    union all
    select 'task/' || id, 'follow-up', coalesce(json_extract(json, '$.creator.user.name'), ''), '', title,
        assignee_name, created_at, 0, 0
    from follow_up where incident_id = :incident_id and status <> 'deleted'
    union all
    select 'done/' || id, 'done', assignee_name, 'Done', title, '', completed_at, 0,
        completed_at - created_at
    from follow_up where incident_id = :incident_id and completed_at > 0 and status <> 'deleted'
    union all
    select 'action/' || id, 'to do', assignee_name, '', description, '', created_at, 0, 0
    from action where incident_id = :incident_id and status <> 'deleted'
    union all
    select 'action-done/' || id, 'done', assignee_name, 'Done', description, '', completed_at, 0,
        completed_at - created_at
    from action where incident_id = :incident_id and completed_at > 0 and status <> 'deleted'
    union all
    -- Who has a role now took it when a former state of the incident, in which it was another's, was last seen.
    select 'role/' || role.role_id || '/' || role.assignee_id, 'role', role.assignee_name,
        'Takes the role ' || role.role_name, '', '', max(version.valid_to), 1, 0
    from incident_role_assignment as role
    join version on version.kind = 'incident' and version.id = role.parent_id
    where role.parent_id = :incident_id and role.assignee_id <> ''
        and not exists (select 1 from json_each(version.json, '$.incident_role_assignments') as former
            where former.value ->> '$.role.id' = role.role_id
                and former.value ->> '$.assignee.id' = role.assignee_id)
    group by role.role_id, role.assignee_id)
select id, kind, who, change, text, detail, at, first_seen, span_ms
from event
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
