-- cache: the console's alert pane: rows from a place in the feed on, that place included. :rank -1 = from the top.
with near as (
    select * from (select key, id, feed_rank, feed_at from alert
        where feed_rank = :rank and feed_at = :at and id >= :id
        order by id limit :rows)
    union all
    select * from (select key, id, feed_rank, feed_at from alert
        where feed_rank = :rank and feed_at < :at
        order by feed_at desc, id limit :rows)
    union all
    select * from (select key, id, feed_rank, feed_at from alert
        where feed_rank > :rank
        order by feed_rank, feed_at desc, id limit :rows)
    order by feed_rank, feed_at desc, id limit :rows)
select alert.id, alert.title, coalesce(source.name, '') as source, alert.environment, alert.owner,
    alert.team, alert.node, alert.level, alert.feed_rank, alert.severity_digit, alert.status,
    alert.feed_at,
    coalesce((select escalation.status
        from escalation_alert join escalation on escalation.id = escalation_alert.parent_id
        where escalation_alert.alert_id = alert.id
        order by escalation.created_at desc limit 1), '') as escalation,
    (select count(*) from (select 1 from alert as other
        where other.deduplication_key = alert.deduplication_key
            and other.created_at <= alert.created_at
            and other.created_at > alert.created_at - 86400000
            and other.alert_source_id = alert.alert_source_id
            and alert.deduplication_key <> '' limit 99)) as times_in_day,
    coalesce((select incident_id from incident_alert where alert_id = alert.id
        order by id desc limit 1), '') as incident_id,
    coalesce((select incident_reference from incident_alert where alert_id = alert.id
        order by id desc limit 1), '') as incident_reference
from near
join alert on alert.key = near.key
left join alert_source as source on source.id = alert.alert_source_id
order by near.feed_rank, near.feed_at desc, near.id;
