-- cache: the console's timeline: what was attached to it, at the time it was first seen: the API gives none, as timeline_updates.
select id, 'link' as kind, resource_title as text, resource_permalink as detail, at, 1 as first_seen
from (select 'link/' || id as id, resource_title, resource_permalink, first_seen_at as at
    from incident_attachment where incident_id = :incident_id and first_seen_at > 0)
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
