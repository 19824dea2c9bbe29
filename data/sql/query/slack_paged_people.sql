-- hub: whom the escalations of an incident paged, and who took them.
select distinct person.value ->> '$.id'
from escalation_incident as link
join escalation_event as event on event.parent_id = link.parent_id
join json_each(iif(event.users = '', '[]', event.users)) as person
where link.incident_id = :incident_id and event.event in ('notified_users', 'acked');
