-- cache: the console's alert pane: is any maintenance window on? Mostly none is, and then no alert need be looked at.
select 1 from maintenance_window where start_at <= :now and end_at > :now and archived_at = 0 limit 1;
