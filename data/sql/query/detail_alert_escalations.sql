-- cache: the console's detail of an alert: who was paged for it and how that stands.
select escalation.title, escalation.status, escalation.created_at,
    coalesce((select group_concat(coalesce(value ->> 'name', ''), ', ') from json_each(
        (select iif(json_valid(users), users, '[]') from escalation_event
         where parent_id = escalation.id and event in ('acked', 'notified_users')
         order by event = 'acked' desc, occurred_at desc limit 1))), '') as people
from escalation_alert join escalation on escalation.id = escalation_alert.parent_id
where escalation_alert.alert_id = :id
order by escalation.created_at desc limit 3;
