-- hub: escalations that go on now.
select escalation_id from escalation_run where due_at > 0 and due_at <= :now order by due_at limit :rows;
