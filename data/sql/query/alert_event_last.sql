-- hub: what became of the newest event; `rules test` and `rules replay` ask after each.
select alert_id from alert_event order by id desc limit 1;
