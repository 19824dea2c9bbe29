-- hub: the firing alert of a source and key, which an event is about.
select id from alert
where deduplication_key = :deduplication_key and alert_source_id = :alert_source_id and status = 'firing'
order by created_at desc limit 1;
