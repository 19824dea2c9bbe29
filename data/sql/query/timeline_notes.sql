-- cache: the console's timeline: notes on attached alerts, but a hub's on why, as timeline_updates.
select id, 'note' as kind, who, content as text, title as detail, at
from (select 'note/' || note.id as id, note.content, alert.title, note.created_at as at,
        coalesce(nullif(note.creator_user_name, ''), nullif(note.creator_api_key_name, ''),
            note.creator_workflow_name) as who
    from incident_alert
    join alert on alert.id = incident_alert.alert_id
    join alert_note as note on note.alert_id = alert.id
    where incident_alert.incident_id = :incident_id and (instr(note.content, '{"tocsin_decision":') = 0
        or note.creator_user_id || note.creator_api_key_name || note.creator_workflow_name || note.creator_alert_title <> ''))
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
