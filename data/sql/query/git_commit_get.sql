-- cache: sync, before it asks GitHub for a commit again: what is known of it.
select * from git_commit where repository = :repository and sha = :sha;
