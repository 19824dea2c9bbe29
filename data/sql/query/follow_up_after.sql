-- cache: the console's follow-up pane: outstanding ones from a place in the list on, that place included. :undated -1 = from the
-- top. With a due time first, by it; the rest oldest first.
with near as (
    select * from (select key, id, due_at, 0 as undated from follow_up
        where status = 'outstanding' and (due_at, id) >= (max(:due_at, 1), :id) and :undated <= 0
        order by due_at, id limit :rows)
    union all
    select * from (select key, id, due_at, 1 as undated from follow_up
        where status = 'outstanding' and due_at = 0 and (:undated <= 0 or id >= :id)
        order by id limit :rows)
    order by undated, due_at, id limit :rows)
select follow_up.id, follow_up.title, follow_up.assignee_name, follow_up.assignee_email,
    follow_up.assignee_team_name, follow_up.priority_name, follow_up.external_issue_name,
    follow_up.external_issue_permalink, follow_up.incident_id,
    coalesce(incident.reference, '') as incident_reference, follow_up.created_at, follow_up.due_at
from near
join follow_up on follow_up.key = near.key
left join incident on incident.id = follow_up.incident_id
order by near.undated, near.due_at, near.id;
