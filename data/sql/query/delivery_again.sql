-- hub: another attempt, later, unless it is not wanted any more.
update delivery set state = iif(unwanted, 'failed', 'queued'), finished_at = iif(unwanted, :now, 0), due_at = :due_at,
    answer = :answer, in_doubt = :in_doubt
where id = :id;
