-- private: the user says it in another way
update outbox
set state = 'queued', body = :body, goal = :goal, label = :label, idempotency_key = :idempotency_key, attempts = 0,
    next_at = 0, undo_until = 0, answer = '', answer_status = 0, theirs = ''
where upstream = :upstream and id = :id and (state in ('failed', 'conflict') or state = 'queued' and attempts = 0);
