-- cache: the console's timeline: an incident's updates, around a moment. :older 1 = that moment and before it, newest first;
-- 0 = after it, oldest first. src/store/window_timeline.c puts the timeline_* of one incident together.
select id,
    case when merged <> '' then 'merge'
        when status not in ('', status_before) then 'status'
        when severity not in ('', severity_before) then 'severity'
        else 'update' end as kind,
    who,
    case when status not in ('', status_before) then iif(status_before = '', '', status_before || ' -> ') || status
        when severity not in ('', severity_before) then iif(severity_before = '', '', severity_before || ' -> ') || severity
        else '' end as change,
    message as text, at
from (select 'update/' || entry.id as id, entry.message, entry.created_at as at, entry.merged_into_incident_id as merged,
        entry.new_incident_status_name as status, entry.new_severity_name as severity,
        coalesce(before.new_incident_status_name, '') as status_before,
        coalesce(before.new_severity_name, '') as severity_before,
        coalesce(nullif(entry.updater_user_name, ''), nullif(entry.updater_api_key_name, ''),
            nullif(entry.updater_workflow_name, ''), entry.updater_alert_title) as who
    from incident_update as entry
    left join incident_update as before on before.key = (select key from incident_update as earlier
        where earlier.incident_id = entry.incident_id
            and (earlier.created_at, earlier.id) < (entry.created_at, entry.id)
        order by earlier.created_at desc limit 1)
    where entry.incident_id = :incident_id)
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
