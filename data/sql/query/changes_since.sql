-- cache: what changed since a moment, newest first: what began, what reads differently, what is gone. A state that a later one
-- took the place of is in version; what was then the state is the version that held at the moment.
with past as (
    select kind, id, json, valid_to from version
    where valid_to > :since and valid_from <= :since and kind in ('alert', 'incident', 'follow_up')),
state (kind, id, title, was, now_is, at) as (
    select 'alerts', past.id, coalesce(alert.title, past.json ->> '$.title'), past.json ->> '$.status',
        alert.status, coalesce(alert.stored_at, past.valid_to)
    from past left join alert on alert.id = past.id where past.kind = 'alert'
    union all
    select 'incidents', past.id,
        coalesce(incident.reference || ' ' || incident.name,
            (past.json ->> '$.reference') || ' ' || (past.json ->> '$.name')),
        trim((past.json ->> '$.incident_status.name') || ' ' || coalesce(past.json ->> '$.severity.name', '')),
        trim(incident.incident_status_name || ' ' || incident.severity_name),
        coalesce(incident.stored_at, past.valid_to)
    from past left join incident on incident.id = past.id where past.kind = 'incident'
    union all
    select 'follow-ups', past.id, coalesce(follow_up.title, past.json ->> '$.title'),
        trim((past.json ->> '$.status') || ' ' || coalesce(past.json ->> '$.assignee.name', '')),
        trim(follow_up.status || ' ' || follow_up.assignee_name),
        coalesce(follow_up.stored_at, past.valid_to)
    from past left join follow_up on follow_up.id = past.id where past.kind = 'follow_up'
    union all
    select 'alerts', id, title, null, status, created_at from alert where created_at > :since
    union all
    select 'incidents', id, reference || ' ' || name, null,
        trim(incident_status_name || ' ' || severity_name), created_at
    from incident where created_at > :since
    union all
    select 'follow-ups', id, title, null, trim(status || ' ' || assignee_name), created_at
    from follow_up where created_at > :since)
select kind, id, coalesce(title, '') as title,
    case when was is null then 'new' when now_is is null then 'gone' else 'changed' end as what,
    coalesce(was, '') as was, coalesce(now_is, '') as now_is, at
from state where was is not now_is
order by at desc, kind, id limit :rows;
