-- cache: sync notes what is new about a resource; the same again writes nothing.
insert into freshness (resource, last_complete_at, last_attempt_at, next_due_at, interval_ms, error_code, error_message,
    error_request_id, error_since, retry_at, cursor, history_until, rows_seen)
values (:resource, :last_complete_at, :last_attempt_at, :next_due_at, :interval_ms, :error_code, :error_message,
    :error_request_id, :error_since, :retry_at, :cursor, :history_until, :rows_seen)
on conflict (resource) do update set
    (last_complete_at, last_attempt_at, next_due_at, interval_ms, error_code, error_message,
    error_request_id, error_since, retry_at, cursor, history_until, rows_seen) =
    (excluded.last_complete_at, excluded.last_attempt_at, excluded.next_due_at, excluded.interval_ms, excluded.error_code,
    excluded.error_message, excluded.error_request_id, excluded.error_since, excluded.retry_at, excluded.cursor,
    excluded.history_until, excluded.rows_seen)
where (last_complete_at, last_attempt_at, next_due_at, interval_ms, error_code, error_message,
    error_request_id, error_since, retry_at, cursor, history_until, rows_seen) is not
    (excluded.last_complete_at, excluded.last_attempt_at, excluded.next_due_at, excluded.interval_ms, excluded.error_code,
    excluded.error_message, excluded.error_request_id, excluded.error_since, excluded.retry_at, excluded.cursor,
    excluded.history_until, excluded.rows_seen);
