-- cache: the console's timeline: follow-ups as they were made and done, as timeline_updates.
select id, kind, who, change, text, detail, at, span_ms
from (select 'task/' || id as id, 'follow-up' as kind, coalesce(json_extract(json, '$.creator.user.name'), '') as who,
        '' as change, title as text, assignee_name as detail, created_at as at, 0 as span_ms
    from follow_up where incident_id = :incident_id and status <> 'deleted'
    union all
    select 'done/' || id, 'done', assignee_name, 'Done', title, '', completed_at, completed_at - created_at
    from follow_up where incident_id = :incident_id and completed_at > 0 and status <> 'deleted')
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
