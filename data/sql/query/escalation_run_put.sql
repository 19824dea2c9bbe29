-- hub: what is next for an escalation.
insert into escalation_run (escalation_id, state, path, position, due_at, ends_at, again_ms, again_left, turn,
    outstanding, pages, jumps, auto_cancel, announce)
values (:escalation_id, :state, :path, :position, :due_at, :ends_at, :again_ms, :again_left, :turn,
    :outstanding, :pages, :jumps, :auto_cancel, :announce)
on conflict (escalation_id) do update set state = excluded.state, path = excluded.path, position = excluded.position,
    due_at = excluded.due_at, ends_at = excluded.ends_at, again_ms = excluded.again_ms,
    again_left = excluded.again_left, turn = excluded.turn, outstanding = excluded.outstanding,
    pages = excluded.pages, jumps = excluded.jumps, announce = excluded.announce;
