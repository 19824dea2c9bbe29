-- cache: the console's timeline: what people and workflows wrote into it, as timeline_updates.
select id, 'event' as kind, who, title as text, description as detail, at
from (select 'item/' || id as id, title, description, timestamp as at,
        coalesce(nullif(creator_user_name, ''), nullif(creator_api_key_name, ''), creator_workflow_name) as who
    from incident_timeline_item where incident_id = :incident_id)
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
