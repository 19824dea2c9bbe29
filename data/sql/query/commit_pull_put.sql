-- cache: sync: a pull request that brought a commit.
insert or replace into commit_pull (repository, sha, number, title, author, state, url)
values (:repository, :sha, :number, :title, :author, :state, :url);
