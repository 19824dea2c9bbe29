-- private: sync begins: what was being sent when it died may have arrived
update outbox set state = 'queued', next_at = 0 where upstream = :upstream and state = 'sending';
