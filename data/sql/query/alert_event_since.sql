-- hub: events received since a moment, in their order, for `rules replay`.
select alert_source_id, deduplication_key, status, title, description, source_url, metadata, query_params, payload,
    received_at, alert_id
from alert_event where received_at >= :since and processed_at <> 0 order by id;
