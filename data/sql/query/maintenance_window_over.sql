-- hub: a maintenance window that is over and was not seen to yet.
select id, name, end_at, coalesce(json ->> '$.resolve_on_end', 0), coalesce(json ->> '$.reroute_on_end', 0)
from maintenance_window as window
where archived_at = 0 and end_at <= :now and not exists (
    select 1 from maintenance_window_end as seen where seen.window_id = window.id and seen.end_at = window.end_at)
order by end_at, id limit 1;
