-- cache: the console's detail of an alert: how often the same source and key fired in the day before it, and since when.
select count(*) as times, coalesce(min(created_at), 0) as first_at from (
    select other.created_at from alert
    join alert as other on other.deduplication_key = alert.deduplication_key
        and other.created_at <= alert.created_at
        and other.created_at > alert.created_at - 86400000
        and other.alert_source_id = alert.alert_source_id
    where alert.id = :id and alert.deduplication_key <> ''
    order by other.created_at desc limit 99);
