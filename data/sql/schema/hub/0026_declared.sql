-- What the team's hub.conf declares: read-only over the API, and removed when the file no longer has it.
create table declared (
    kind text not null, -- table of the resource
    id text not null,
    place text not null, -- FILE:LINE
    primary key (kind, id)
) strict, without rowid;
