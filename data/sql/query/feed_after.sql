-- cache: the console's alert pane: keys of the rows from a place in the feed on, that place included.
with near as (
    select * from (select key, id, feed_rank, feed_at from alert
        where feed_rank = :rank and feed_at = :at and id >= :id
        order by id limit :rows)
    union all
    select * from (select key, id, feed_rank, feed_at from alert
        where feed_rank = :rank and feed_at < :at
        order by feed_at desc, id limit :rows)
    union all
    select * from (select key, id, feed_rank, feed_at from alert
        where feed_rank > :rank
        order by feed_rank, feed_at desc, id limit :rows)
    order by feed_rank, feed_at desc, id limit :rows)
select key from near order by feed_rank, feed_at desc, id;
