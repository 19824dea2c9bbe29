-- hub: the next events of a source to make alerts of, in the order in which they came.
select id, alert_source_id, deduplication_key, status, title, description, source_url, metadata, query_params, received_at,
    payload
from alert_event where processed_at = 0 and alert_source_id = :alert_source_id order by id limit :rows;
