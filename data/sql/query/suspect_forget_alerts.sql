-- cache: sync: what alerts named that are gone, or of another repository.
delete from alert_commit where repository <> :repository or alert_id not in (select id from alert);
