-- cache: the console's timeline: whether all attached pull requests are merged and the pipeline ran well since: a run that
-- began after the last merge, and none that failed began after it. And what became of the alerts meanwhile.
with pull as (
    select coalesce(pull_request.state, '') as state, coalesce(pull_request.merged_at, 0) as merged_at,
        pull_request.number
    from incident_attachment as attached left join pull_request on pull_request.link = attached.resource_permalink
    where attached.incident_id = :incident_id and attached.resource_type = 'github_pull_request'
    group by attached.resource_permalink),
merged as (
    select count(*) as pulls, max(merged_at) as merged_at, number
    from pull having sum(state = 'merged' and merged_at > 0) = count(*)),
well as (
    select merged.*, min(iif(run.stopped_at, run.stopped_at, run.created_at)) as green_at
    from merged join pipeline_run as run on run.outcome = 'ok' and run.created_at >= merged.merged_at
        and not exists (select 1 from pipeline_run as wrong
            where wrong.outcome = 'failed' and wrong.created_at >= run.created_at)
    where merged.pulls > 0)
select pulls, number, merged_at, green_at,
    (select count(*) from incident_alert where incident_id = :incident_id) as alerts,
    (select count(*) from incident_alert join alert on alert.id = incident_alert.alert_id
        where incident_alert.incident_id = :incident_id and alert.status = 'firing') as firing
from well where green_at > 0;
