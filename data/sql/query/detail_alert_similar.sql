-- cache: the console's detail of an alert: the last other ones of its dbt node, else of its source and key.
select 'Before' as section, title as text, created_at as at, 'alert/' || id as ref,
    coalesce((select incident_reference from incident_alert where alert_id = other.id order by id desc limit 1), '')
        as label
from (
    select before.id, before.title, before.created_at
    from alert join alert as before on before.node = alert.node and before.node <> ''
    where alert.id = :id and before.id <> alert.id and before.created_at <= alert.created_at
    union all
    select before.id, before.title, before.created_at
    from alert join alert as before on before.deduplication_key = alert.deduplication_key
        and before.alert_source_id = alert.alert_source_id
    where alert.id = :id and alert.node = '' and before.id <> alert.id and before.created_at <= alert.created_at
        and alert.deduplication_key <> ''
    order by 3 desc, 1 limit 5) as other
order by other.created_at desc, other.id;
