-- cache: sync: pull requests that were merged too long ago to be a suspect of anything that fires, or of another repository.
delete from merged_pull where merged_at < :before or repository <> :repository;
