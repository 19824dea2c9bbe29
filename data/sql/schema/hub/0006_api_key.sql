-- Keys of the hub's API. The key itself is shown once and kept as a hash only.
create table api_key (
    id text primary key,
    name text not null,
    hash text not null unique,
    roles text not null, -- JSON array
    user_id text not null, -- whose actions these are; '' = the key's own
    created_at integer not null,
    revoked_at integer not null,
    last_used_at integer not null
) strict, without rowid;
