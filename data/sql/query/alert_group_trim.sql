-- hub: forgets groups that nothing joined since a moment, a few at a time.
delete from alert_group where id in (select id from alert_group where last_at < :before order by last_at limit 500);
