-- hub: keeps what was decided on an alert, and what came of it.
insert into decision (alert_id, decided_at, note_id, json) values (:alert_id, :decided_at, :note_id, :json)
on conflict (alert_id) do update set json = excluded.json;
