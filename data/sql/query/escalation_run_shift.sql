-- hub: the clock was set: what waits, waits as long as before.
update escalation_run set due_at = due_at + :by_ms, ends_at = ends_at + :by_ms where due_at > :from;
