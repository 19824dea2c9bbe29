-- private: sync notes what became of a row
update outbox
set state = :state, attempts = :attempts, next_at = :next_at, answered_at = :now, answer = :answer, answer_status = :answer_status,
    request_id = :request_id, theirs = :theirs, result_id = :result_id
where id = :id and state in ('queued', 'sending');
