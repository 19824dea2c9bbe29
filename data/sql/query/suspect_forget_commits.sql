-- cache: sync: commits that no alert names any more.
delete from git_commit where not exists (select 1 from alert_commit where alert_commit.sha = git_commit.sha);
