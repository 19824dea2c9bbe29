-- cache: the console's alert pane: where the window begins when :rows rows in front of a place shall be in it, and how many
-- there are.
with near as (
    select * from (select id, feed_rank, feed_at from alert
        where feed_rank = :rank and feed_at = :at and id < :id
        order by id desc limit :rows)
    union all
    select * from (select id, feed_rank, feed_at from alert
        where feed_rank = :rank and feed_at > :at
        order by feed_at, id desc limit :rows)
    union all
    select * from (select id, feed_rank, feed_at from alert
        where feed_rank < :rank
        order by feed_rank desc, feed_at, id desc limit :rows)
    order by feed_rank desc, feed_at, id desc limit :rows)
select feed_rank, feed_at, id, (select count(*) from near) as rows_before
from near
order by feed_rank, feed_at desc, id limit 1;
