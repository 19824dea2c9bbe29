-- hub: the maintenance windows that are on, which hold alerts back.
select name, coalesce(json ->> '$.alert_condition_groups', '[]') from maintenance_window
where start_at <= :now and end_at > :now and archived_at = 0 order by start_at, id;
