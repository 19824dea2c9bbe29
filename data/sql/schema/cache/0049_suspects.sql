-- Who may have broken it, as GitHub tells: the commit that an alert names and the model's file, that commit with the pull requests
-- that brought it, and pull requests that were merged lately with the files they touched, a line each.
create table alert_commit (
    alert_id text primary key, repository text not null, sha text not null, path text not null
) strict, without rowid;
create table git_commit (
    repository text not null, sha text not null, subject text not null, author text not null,
    authored_at integer not null, url text not null, problem text not null, etag text not null,
    asked_at integer not null, primary key (repository, sha)
) strict, without rowid;
create table commit_pull (
    repository text not null, sha text not null, number integer not null, title text not null,
    author text not null, state text not null, url text not null, primary key (repository, sha, number)
) strict, without rowid;
create table merged_pull (
    repository text not null, number integer not null, title text not null, author text not null,
    merged_at integer not null, url text not null, files text not null, primary key (repository, number)
) strict, without rowid;
