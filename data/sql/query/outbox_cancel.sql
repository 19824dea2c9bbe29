-- private: the user takes back what is not sent yet, and what waits for it
update outbox set state = 'cancelled', answered_at = :now
where upstream = :upstream and (id = :id or waits_for = :id)
    and (state in ('failed', 'conflict') or state = 'queued' and attempts = 0)
    and exists (select 1 from outbox o where o.id = :id and (o.state in ('failed', 'conflict', 'cancelled')
        or o.state = 'queued' and o.attempts = 0));
