-- cache: the console's timeline: what is to do while it lasts, and what was done, as timeline_updates.
select id, kind, who, change, text, at, span_ms
from (select 'action/' || id as id, 'to do' as kind, assignee_name as who, '' as change, description as text,
        created_at as at, 0 as span_ms
    from action where incident_id = :incident_id and status <> 'deleted'
    union all
    select 'action-done/' || id, 'done', assignee_name, 'Done', description, completed_at, completed_at - created_at
    from action where incident_id = :incident_id and completed_at > 0 and status <> 'deleted')
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
