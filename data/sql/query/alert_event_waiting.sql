-- hub: the next events to make alerts of, in the order in which they came.
select id, alert_source_id, deduplication_key, status, title, description, source_url, metadata, query_params, received_at
from alert_event where processed_at = 0 order by id limit :rows;
