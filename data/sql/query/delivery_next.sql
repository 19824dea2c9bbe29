-- hub: the next delivery of a kind to send: due, first of its lane, to a destination that is neither held nor busy.
select d.id, d.destination, d.lane, d.key, d.about, d.body, d.created_at, d.attempts, d.in_doubt, d.wanted_at
from delivery_destination as p cross join delivery as d
where p.next_at <= :now and d.destination = p.name and d.state = 'queued' and d.due_at <= :now and d.kind = :kind
    and (select count(*) from delivery as s where s.destination = p.name and s.state = 'sending') < :at_once
    and not exists (select 1 from delivery as e
        where e.lane = d.lane and e.state in ('queued', 'sending') and e.id < d.id)
order by d.id limit 1;
