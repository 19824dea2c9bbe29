-- private: when something was last looked at; never earlier than it was known to be.
insert into read_mark (upstream, kind, id, seen_at) values (:upstream, :kind, :id, :seen_at)
on conflict (upstream, kind, id) do update set seen_at = excluded.seen_at
where excluded.seen_at > read_mark.seen_at;
