-- hub: the clock was set: what is tried is given up as much later, or earlier.
update delivery set wanted_at = wanted_at + :by_ms where state in ('queued', 'sending');
