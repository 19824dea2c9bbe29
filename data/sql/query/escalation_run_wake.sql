-- hub: when the next escalation goes on.
select coalesce(min(due_at), 0) from escalation_run where due_at > 0;
