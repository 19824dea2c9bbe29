-- Former states of changed and deleted rows, as we saw them: true from valid_from until valid_to.
create table version (
    key integer primary key,
    kind text not null,
    id text not null,
    valid_from integer not null,
    valid_to integer not null,
    json text not null
) strict;
create index version_by_row on version (kind, id, valid_to);
create index version_by_end on version (valid_to);
