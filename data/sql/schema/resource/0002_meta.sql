-- Named texts: identity, capabilities, base URL, the derivation's digest. Written when they change.
create table meta (
    name text primary key,
    value text not null
) strict, without rowid;
