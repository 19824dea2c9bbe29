-- private: u takes back the last thing queued, as long as it may
update outbox set state = 'cancelled', answered_at = :now
where upstream = :upstream and state = 'queued' and attempts = 0
    and batch = (select batch from outbox
        where upstream = :upstream and state = 'queued' and attempts = 0 and undo_until > :now
        order by id desc limit 1)
returning id, label;
