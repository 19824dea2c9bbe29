-- What senders of alerts said, in the order in which it came: kept before it is acknowledged, then made into alerts.
create table alert_event (
    id integer primary key,
    alert_source_id text not null,
    deduplication_key text not null,
    status text not null,
    title text not null,
    description text not null,
    source_url text not null,
    metadata text not null, -- a JSON object, '' = none
    query_params text not null, -- the request's other parameters, a JSON object
    received_at integer not null,
    processed_at integer not null, -- 0 = waits
    alert_id text not null, -- what it became, or was about; '' = nothing
    problem text not null -- why nothing could be made of it
) strict;
create index alert_event_waiting on alert_event (id) where processed_at = 0;
create index alert_event_by_time on alert_event (received_at);

-- Sources that have to report, since they first did.
create table heartbeat (
    alert_source_id text primary key,
    pinged_at integer not null,
    due_at integer not null, -- when the next ping is missed for good
    missed integer not null -- 1 = said already
) strict, without rowid;
create index heartbeat_by_due on heartbeat (due_at) where missed = 0;
