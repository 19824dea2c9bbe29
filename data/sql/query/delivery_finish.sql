-- hub: it was taken, or never will be.
update delivery set state = :state, finished_at = :now, answer = :answer, in_doubt = 0 where id = :id;
