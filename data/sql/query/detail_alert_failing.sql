-- cache: the console's detail of an alert that fires: since when its key fails without a break, alerts of the same key before it
-- included, and the run of the pipeline that began it with how many ended since, where CI told of them. Nothing when neither
-- says more than the alert.
with recursive spell(since, alert_source_id, deduplication_key, steps) as (
    select created_at, alert_source_id, deduplication_key, 1 from alert where id = :id and status = 'firing'
    union all
    select (select min(other.created_at) from alert as other
            where other.deduplication_key = spell.deduplication_key
                and other.alert_source_id = spell.alert_source_id
                and other.created_at < spell.since and other.created_at > spell.since - 8640000000
                and (other.status = 'firing' or other.resolved_at >= spell.since)),
        alert_source_id, deduplication_key, steps + 1
    from spell where since and deduplication_key <> '' and steps < 100),
began as materialized (select min(since) as since from spell where since),
first as (
    select run.* from began join pipeline_run as run on run.id =
        (select id from pipeline_run where created_at <= since order by created_at desc, id limit 1)
    where run.outcome not in ('ok', 'running') and since <= run.stopped_at + 1800000)
select 'failing since' as label,
    coalesce('run ' || first.number || coalesce(', ' || (select nullif(count(*), 0) || iif(count(*) = 1, ' run later', ' runs later')
        from pipeline_run as later where later.created_at > first.created_at and later.outcome <> 'running'), ''), '') as text,
    began.since as at, coalesce('run/' || first.id, '') as ref, coalesce(first.url, '') as link
from began left join first
where first.id is not null or began.since < (select created_at from alert where id = :id);
