-- private: an action puts what it writes on its way
insert into outbox (upstream, batch, action, argument, label, target_kind, target_id, target_title, method, path, body,
    idempotency_key, check_path, check_list, seen, goal, waits_for, state, attempts, created_at, undo_until, next_at,
    answered_at, answer, answer_status, request_id, theirs, result_id)
values (:upstream, :batch, :action, :argument, :label, :target_kind, :target_id, :target_title, :method, :path, :body,
    :idempotency_key, :check_path, :check_list, :seen, :goal, :waits_for, 'queued', 0, :created_at, :undo_until,
    :undo_until, 0, '', 0, '', '', '')
returning id;
