-- private: what is on its way for an item, oldest first: its mark in a list
select * from outbox
where upstream = :upstream and target_kind = :kind and target_id = :id
    and state in ('queued', 'sending', 'failed', 'conflict')
order by id;
