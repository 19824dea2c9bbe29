-- cache: the console's status line: what became of a follow-up that left the list.
select case status when 'completed' then 'completed' when 'deleted' then 'deleted'
        when 'not_doing' then 'dropped: not to be done' else '' end as what,
    completed_at, status <> 'outstanding' as is_over, title
from follow_up where id = :id;
