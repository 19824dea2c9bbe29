-- What GitHub says of attached pull requests, and what became of them: link is the address as the attachment has it.
create table pull_request (
    link text primary key, repository text not null, number integer not null, title text not null,
    author text not null, state text not null, review text not null, statuses text not null, runs text not null,
    checks text not null, checks_at integer not null, summary text not null, head text not null,
    merged_at integer not null, problem text not null, etags text not null, etags_of text not null
) strict, without rowid;
create table pull_request_event (
    link text not null, id text not null, at integer not null, who text not null, text text not null,
    primary key (link, id)
) strict, without rowid;
