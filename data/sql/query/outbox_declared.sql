-- private: incidents that were declared here: on their way, or upstream since a moment
select * from outbox
where upstream = :upstream and action = 'declare' and idempotency_key <> '' and target_id = idempotency_key
    and (state in ('queued', 'sending', 'failed', 'conflict') or state = 'done' and answered_at >= :since)
order by id desc limit 20;
