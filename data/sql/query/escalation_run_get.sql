-- hub: what is next for an escalation; no row when nothing is.
select escalation_id, state, path, position, due_at, ends_at, again_ms, again_left, turn, outstanding, pages, jumps,
    auto_cancel, announce
from escalation_run where escalation_id = :escalation_id;
