-- cache: the console's timeline: runs of the pipeline that ended since it began, until it was over, as timeline_updates.
select id, kind, who, text, detail, at
from (select 'run/' || run.id as id, iif(run.outcome = 'failed', 'failed', 'run') as kind, run.actor as who,
        'run ' || run.number || ' ' || run.outcome || iif(run.subject <> '', ': ' || run.subject, '') as text,
        run.url as detail, iif(run.stopped_at, run.stopped_at, run.created_at) as at
    from incident join pipeline_run as run on run.created_at >= incident.created_at
        and (incident.incident_status_category in ('triage', 'live', 'learning', 'paused')
            or run.created_at <= incident.updated_at)
    where incident.id = :incident_id and run.outcome <> 'running')
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
