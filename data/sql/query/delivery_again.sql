-- hub: another attempt, later.
update delivery set state = 'queued', due_at = :due_at, answer = :answer, in_doubt = :in_doubt where id = :id;
