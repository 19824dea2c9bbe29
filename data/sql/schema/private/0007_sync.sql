-- How console and sync find each other. Sync notes where the cache of an address is, for the console holds no key.
create table cache_location (
    base_url text primary key,
    directory text not null,
    noted_at integer not null
) strict, without rowid;

-- What the console asks of sync ("refresh this"); sync takes rows out when it has done them.
create table request (
    id integer primary key autoincrement,
    kind text not null,
    argument text not null,
    requested_at integer not null
) strict;
