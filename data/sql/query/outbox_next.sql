-- private: sync asks what is to be sent: nothing before what was queued earlier for the same target
select o.*, coalesce((select p.result_id from outbox p where p.id = o.waits_for), '') as parent_result
from outbox o
where o.upstream = :upstream and o.state = 'queued'
    and not exists (select 1 from outbox e where e.upstream = o.upstream and e.target_kind = o.target_kind
        and e.target_id = o.target_id and e.id < o.id and e.state in ('queued', 'sending'))
    and (o.waits_for = 0 or exists (select 1 from outbox p where p.id = o.waits_for and p.state = 'done'))
order by max(0, max(o.next_at, o.undo_until) - :now), o.id
limit 1;
