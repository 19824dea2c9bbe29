-- What was written in post-mortem documents that are kept here; one without a row is told from its incident.
create table postmortem_content (
    id text primary key references postmortem_document (id) on delete cascade,
    markdown text not null
) strict, without rowid;
