-- cache: the console's follow-up pane, grouped: how many there are of each owner, incident, or part of time (:first, :second and
-- :third bound them), and how many of them late.
select case :by
        when 'owner' then assignee_name
        when 'incident' then incident_id
        when 'due' then iif(due_at = 0, 'none',
            cast((due_at >= :first) + (due_at >= :second) + (due_at >= :third) as text))
        else cast((created_at >= :first) + (created_at >= :second) + (created_at >= :third) as text)
    end as name,
    count(*) as len, sum(status = 'outstanding' and due_at > 0 and due_at < :now) as late
from follow_up
where status = :status
group by 1
limit 1000;
