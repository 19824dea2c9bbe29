-- cache: the console's follow-up pane: keys of its first rows.
select key from (select key, id, due_at, 0 as undated from follow_up
    where status = 'outstanding' and due_at > 0 order by due_at, id limit :rows)
union all
select key from (select key, id, due_at, 1 as undated from follow_up
    where status = 'outstanding' and due_at = 0 order by id limit :rows)
limit :rows;
