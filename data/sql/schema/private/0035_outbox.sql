-- What the user wrote, on its way to upstream: a request as it will be sent, and what became of it. In order per target.
create table outbox (
    id integer primary key autoincrement,
    upstream text not null,
    batch integer not null, -- the first row of what one key press or command queued
    action text not null,
    label text not null,
    target_kind text not null,
    target_id text not null,
    target_title text not null,
    method text not null,
    path text not null,
    body text not null,
    idempotency_key text not null, -- made before the first try; '' = upstream takes none
    check_path text not null, -- what is read before it is sent
    check_list text not null,
    seen text not null,
    goal text not null,
    waits_for integer not null, -- the row whose result stands for {result}; 0 = none
    state text not null,
    attempts integer not null,
    created_at integer not null,
    undo_until integer not null,
    next_at integer not null,
    answered_at integer not null,
    answer text not null,
    answer_status integer not null,
    request_id text not null,
    theirs text not null,
    result_id text not null
) strict;
create index outbox_by_state on outbox (upstream, state, id);
create index outbox_by_target on outbox (upstream, target_kind, target_id, id);
create index outbox_by_result on outbox (result_id) where result_id <> '';
