-- hub: forgets decisions made before a moment, a few at a time. Their notes stay.
delete from decision where alert_id in (select alert_id from decision
    where decided_at < :before order by decided_at limit 500);
