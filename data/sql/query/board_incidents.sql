-- cache: the wallboard: incidents that came in a span of time, counted no further than shown.
select count(*) from (select 1 from incident
    where created_at >= :from and created_at < :to and mode in ('standard', 'retrospective', '') limit 1001);
