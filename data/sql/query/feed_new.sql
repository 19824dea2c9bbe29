-- cache: the console's alert pane, scrolled away from its top: what began to fire since that was last on screen, the newest
-- and how many.
select id, count(*) over () as new_items
from (select id, feed_at from alert where feed_rank < 9 and feed_at > :seen_at
    order by feed_at desc limit 1000)
limit 1;
