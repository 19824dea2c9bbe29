-- hub: forgets deliveries that ended before a moment, a few at a time.
delete from delivery where id in (select id from delivery
    where state in ('done', 'failed') and finished_at < :before order by finished_at limit 500);
