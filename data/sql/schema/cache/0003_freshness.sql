-- How fresh each resource is. The times of quiet polls are not here but in the beat (src/store/cache.h).
create table freshness (
    resource text primary key,
    last_complete_at integer not null,
    last_attempt_at integer not null,
    next_due_at integer not null,
    interval_ms integer not null,
    error_code text not null,
    error_message text not null,
    error_request_id text not null,
    error_since integer not null,
    retry_at integer not null,
    cursor text not null,
    history_until integer not null,
    rows_seen integer not null
) strict, without rowid;
