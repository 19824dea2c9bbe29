-- private: a write was done; what the user queued for the same item behind it was written in its knowledge
update outbox
set seen = json_patch(seen, (select json_group_object(g.key, g.value) from outbox o, json_each(o.goal) g
        where o.id = :id and g.key in (select key from json_each(outbox.seen))))
where seen <> '' and state = 'queued' and exists (select 1 from outbox o where o.id = :id and o.goal <> '' and o.id < outbox.id
    and o.upstream = outbox.upstream and o.target_kind = outbox.target_kind and o.target_id = outbox.target_id);
