-- Alerts of a route that belong together, for as long as the route's window is open (facts 7).
create table alert_group (
    id text primary key,
    alert_route_id text not null,
    keys text not null, -- JSON array of the key's values, null = not set
    opened_at integer not null, -- when its first alert began
    last_at integer not null, -- when its last one did
    alerts integer not null,
    severity_digit integer not null, -- of the most severe; 0 = none had any
    incident_id text not null,
    escalation_ids text not null -- JSON array: those begun last
) strict, without rowid;
create index alert_group_by_keys on alert_group (alert_route_id, keys, last_at desc);
create index alert_group_by_time on alert_group (last_at);
