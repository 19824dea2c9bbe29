-- hub: keeps what a sender said, before it is acknowledged.
insert into alert_event (alert_source_id, deduplication_key, status, title, description, source_url, metadata,
    query_params, payload, received_at, processed_at, alert_id, problem)
values (:alert_source_id, :deduplication_key, :status, :title, :description, :source_url, :metadata,
    :query_params, :payload, :received_at, 0, '', '');
