-- cache: the console's follow-up pane: where the window begins when :rows rows in front of a place shall be in it, and how many
-- there are.
with near as (
    select * from (select id, due_at, 1 as undated from follow_up
        where status = 'outstanding' and due_at = 0 and :undated = 1 and id < :id
        order by id desc limit :rows)
    union all
    select * from (select id, due_at, 0 as undated from follow_up
        where status = 'outstanding' and due_at > 0 and :undated = 0 and (due_at, id) < (:due_at, :id)
        order by due_at desc, id desc limit :rows)
    union all
    select * from (select id, due_at, 0 as undated from follow_up
        where status = 'outstanding' and due_at > 0 and :undated = 1
        order by due_at desc, id desc limit :rows)
    order by undated desc, due_at desc, id desc limit :rows)
select undated, due_at, id, (select count(*) from near) as rows_before
from near
order by undated, due_at, id limit 1;
