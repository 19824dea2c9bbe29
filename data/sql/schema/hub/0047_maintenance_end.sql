-- Ends of maintenance windows that were seen to: each once, and once more when it was put off.
create table maintenance_window_end (
    window_id text not null,
    end_at integer not null,
    primary key (window_id, end_at)
) strict, without rowid;

-- Alerts that a maintenance window held and that are to go through the routes now.
create table alert_reroute (
    alert_id text primary key
) strict, without rowid;
