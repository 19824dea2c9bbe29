-- private: notes that something was seen, for the one who is first to: no row when another was, for a
-- later moment or one less than so much earlier.
insert into read_mark (upstream, kind, id, seen_at) values (:upstream, :kind, :id, :seen_at)
on conflict (upstream, kind, id) do update set seen_at = excluded.seen_at
where excluded.seen_at > read_mark.seen_at + :apart
returning seen_at;
