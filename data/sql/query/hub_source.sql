-- hub: an alert source that somebody sends to.
select source_type, name, coalesce(json ->> '$.heartbeat_options.interval_seconds', 0),
    coalesce(json ->> '$.heartbeat_options.grace_period_seconds', 0),
    max(coalesce(json ->> '$.heartbeat_options.failure_threshold', 1), 1),
    coalesce(json ->> '$.http_custom_options.transform_expression', '') <> '',
    coalesce(json ->> '$.http_custom_options.deduplication_key_path', '')
from alert_source where id = :id;
