-- cache: the console's follow-up pane: keys of outstanding ones from a place in the list on, that place included. With a due time
-- first, by it; the rest by id.
with near as (
    select * from (select key, id, due_at, 0 as undated from follow_up
        where status = 'outstanding' and (due_at, id) >= (max(:due_at, 1), :id) and :undated = 0
        order by due_at, id limit :rows)
    union all
    select * from (select key, id, due_at, 1 as undated from follow_up
        where status = 'outstanding' and due_at = 0 and (:undated = 0 or id >= :id)
        order by id limit :rows)
    order by undated, due_at, id limit :rows)
select key from near order by undated, due_at, id;
