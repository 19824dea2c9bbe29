-- cache: the console's detail of an alert: the object's own texts, and its source.
select alert.id, alert.title, alert.status, alert.source_url, alert.deduplication_key,
    alert.created_at, alert.updated_at, alert.resolved_at,
    coalesce(json_extract(alert.json, '$.description'), '') as description,
    coalesce(source.name, '') as source, coalesce(source.source_type, '') as source_type
from alert left join alert_source as source on source.id = alert.alert_source_id
where alert.id = :id;
