-- cache: sync forgets shifts that ended before the profile's history begins, some at a time.
select id from schedule_entry where start_at < :before and end_at < :before order by start_at limit :rows;
