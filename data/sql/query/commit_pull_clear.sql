-- cache: sync, before the pull requests of a commit are put anew.
delete from commit_pull where repository = :repository and sha = :sha;
