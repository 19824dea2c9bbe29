-- cache: sync forgets alerts that are over and older than the profile's history, some at a time.
select id from alert where status = 'resolved' and created_at < :before order by created_at limit :rows;
