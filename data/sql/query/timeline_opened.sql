-- cache: the console's timeline: the one event that an incident began, as timeline_updates.
select id, 'opened' as kind, who, 'Opened' as change, name as text, at
from (select 'incident/' || id as id, name, created_at as at,
        coalesce(nullif(creator_user_name, ''), nullif(creator_workflow_name, ''), creator_api_key_name) as who
    from incident where id = :incident_id)
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
