-- hub: the clock was set: what waits, waits as long as before.
update delivery set due_at = due_at + :by_ms where state = 'queued' and due_at > :from;
