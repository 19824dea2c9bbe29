-- private: sync begins: what was being sent when it died may have arrived; what was held back is due, or later writes would go first
update outbox set state = 'queued', next_at = 0 where upstream = :upstream and state in ('queued', 'sending');
