-- cache: sync, of an alert that names a commit: nothing is written when it is known.
insert into alert_commit (alert_id, repository, sha, path) values (:alert_id, :repository, :sha, :path)
on conflict do update set repository = excluded.repository, sha = excluded.sha, path = excluded.path
where repository <> excluded.repository or sha <> excluded.sha or path <> excluded.path;
