-- cache: the console's timeline: who took a role, as timeline_updates. Who has one now took it when a former state of the
-- incident, in which it was another's, was last seen.
select id, 'role' as kind, who, change, at, 1 as first_seen
from (select 'role/' || role.role_id || '/' || role.assignee_id as id, role.assignee_name as who,
        'Takes the role ' || role.role_name as change, max(version.valid_to) as at
    from incident_role_assignment as role
    join version on version.kind = 'incident' and version.id = role.parent_id
    where role.parent_id = :incident_id and role.assignee_id <> ''
        and not exists (select 1 from json_each(version.json, '$.incident_role_assignments') as former
            where former.value ->> '$.role.id' = role.role_id
                and former.value ->> '$.assignee.id' = role.assignee_id)
    group by role.role_id, role.assignee_id)
where iif(:older, (at, id) <= (:at, :id), (at, id) > (:at, :id))
order by iif(:older, -at, at), iif(:older, id, '') desc, id
limit :rows;
