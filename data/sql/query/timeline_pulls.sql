-- cache: the console's timeline: the life of attached pull requests, as GitHub told it, as timeline_updates.
select id, 'pull' as kind, who, text, detail, at
from (select 'pull/' || event.id as id, event.who, '#' || pull.number || ' ' || event.text as text,
        pull.title || char(10) || pull.link as detail, event.at
    from incident_attachment as attached
    join pull_request as pull on pull.link = attached.resource_permalink
    join pull_request_event as event on event.link = pull.link
    where attached.incident_id = :incident_id and attached.resource_type = 'github_pull_request'
    group by event.id)
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
