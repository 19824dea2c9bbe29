-- What only this user has of how the console shows things; each row names the upstream it belongs to.

-- Filters as data. A filter is kept as it was written: one that no longer parses is shown with its mistake.
create table saved_view (
    upstream text not null,
    name text not null,
    pane text not null,
    filter text not null,
    sort text not null,
    columns text not null,
    saved_at integer not null,
    primary key (upstream, name)
) strict, without rowid;

-- How a pane was left: its filter, sort and the item at its cursor.
create table pane_state (
    upstream text not null,
    pane text not null,
    filter text not null,
    sort text not null,
    item text not null,
    columns text not null,
    left_at integer not null,
    primary key (upstream, pane)
) strict, without rowid;

-- When an item, or (id '') a pane as a whole, was last looked at.
create table read_mark (
    upstream text not null,
    kind text not null,
    id text not null,
    seen_at integer not null,
    primary key (upstream, kind, id)
) strict, without rowid;
create index read_mark_by_time on read_mark (seen_at);

-- What was typed into the palette, newest first: of no upstream.
create table palette_use (
    line text primary key,
    used_at integer not null
) strict, without rowid;
