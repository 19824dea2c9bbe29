-- cache: sync: pull requests of commits that no alert names any more.
delete from commit_pull where not exists (select 1 from git_commit where git_commit.repository = commit_pull.repository
    and git_commit.sha = commit_pull.sha);
