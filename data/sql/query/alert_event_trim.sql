-- hub: forgets processed events received before a moment, a few at a time.
delete from alert_event where id in (select id from alert_event
    where received_at < :before and processed_at <> 0 order by received_at limit 500);
