-- private: sync notes that it is about to send: from here on it may have arrived
update outbox set state = 'sending', attempts = attempts + 1 where id = :id and state = 'queued';
