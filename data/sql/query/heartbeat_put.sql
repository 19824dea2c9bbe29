-- hub: a source has reported; its next ping is due.
insert into heartbeat (alert_source_id, pinged_at, due_at, missed) values (:alert_source_id, :now, :due_at, 0)
on conflict (alert_source_id) do update set pinged_at = excluded.pinged_at, due_at = excluded.due_at, missed = 0;
