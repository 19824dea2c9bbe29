-- cache: the wallboard: alerts that came in a span of time, counted no further than shown.
select count(*) from (select 1 from alert where created_at >= :from and created_at < :to limit 1001);
