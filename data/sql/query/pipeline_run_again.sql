-- cache: sync: runs to ask for again: those that went on when last seen, and of those that went wrong the one before :turn.
select * from (select * from pipeline_run where outcome = 'running' and created_at >= :since order by created_at desc limit 50)
union all
select * from (select * from pipeline_run where outcome not in ('ok', 'running') and created_at >= :wrong_since
    and number < :turn order by number desc limit 1);
