-- cache: the console's alert pane: keys of its first rows. It is what the first frame asks, hence so little.
select key from alert order by feed_rank, feed_at desc, id limit :rows;
