-- private: the user takes back what is not sent yet, and what waits for it
with recursive waiting (id) as (
    select o.id from outbox o where o.id = :id and o.upstream = :upstream
        and (o.state in ('failed', 'conflict', 'cancelled') or o.state = 'queued' and o.attempts = 0)
    union select o.id from outbox o join waiting on o.waits_for = waiting.id
)
update outbox set state = 'cancelled', answered_at = :now
where id in (select id from waiting) and (state in ('failed', 'conflict') or state = 'queued' and attempts = 0);
