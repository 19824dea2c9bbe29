-- What was typed into the form of an action and is not sent: a row a field, of the item it is about.
create table draft (
    upstream text not null,
    action text not null,
    target_kind text not null,
    target_id text not null,
    field text not null,
    text text not null,
    changed_at integer not null,
    primary key (upstream, action, target_kind, target_id, field)
) strict, without rowid;
