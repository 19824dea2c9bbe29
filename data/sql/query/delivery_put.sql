-- hub: something to be sent, once for each key.
insert into delivery (kind, destination, lane, key, about, body, state, attempts, in_doubt, created_at, due_at,
    wanted_at, finished_at, answer)
values (:kind, :destination, :lane, :key, :about, :body, 'queued', 0, 0, :now, :due_at,
    max(:now, :due_at), 0, '')
on conflict (key) do nothing;
