-- cache: the console's notifications: the newest firing alerts of one severity, begun since a moment.
select id, title, severity_digit, feed_at from alert
where feed_rank = :digit and feed_at > :since
order by feed_at desc, id limit 20;
