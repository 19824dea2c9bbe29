-- cache: the console's follow-up pane, its title: how many are outstanding and how many of them late, counted no further than shown.
select (select count(*) from (select 1 from follow_up where status = 'outstanding' limit 1001)) as outstanding,
    (select count(*) from (select 1 from follow_up
        where status = 'outstanding' and due_at > 0 and due_at < :now limit 1001)) as late;
