-- cache: the console's alert pane: where an alert stands in the feed now.
select feed_rank, feed_at from alert where id = :id;
