-- private: the user sends again what failed or was in conflict; seen: what was shown of it since ('' = as before)
update outbox
set state = 'queued', next_at = 0, undo_until = 0, seen = case :seen when '' then seen else :seen end
where upstream = :upstream and id = :id and state in ('queued', 'failed', 'conflict');
