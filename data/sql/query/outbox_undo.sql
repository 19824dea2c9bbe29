-- private: u takes back the last thing queued, as long as it may, and what waits for it
with recursive undone (id) as (
    select o.id from outbox o where o.upstream = :upstream and o.state = 'queued' and o.attempts = 0
        and o.batch = (select batch from outbox
            where upstream = :upstream and state = 'queued' and attempts = 0 and undo_until > :now
            order by id desc limit 1)
    union select o.id from outbox o join undone on o.waits_for = undone.id
)
update outbox set state = 'cancelled', answered_at = :now
where id in (select id from undone) and state = 'queued' and attempts = 0
returning id, label;
