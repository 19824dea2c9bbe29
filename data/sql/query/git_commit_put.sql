-- cache: sync, when GitHub told of a commit.
insert or replace into git_commit (repository, sha, subject, author, authored_at, url, problem, etag, asked_at)
values (:repository, :sha, :subject, :author, :authored_at, :url, :problem, :etag, :asked_at);
