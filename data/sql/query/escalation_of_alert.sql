-- cache: an action answers the pages of an alert
select escalation.id, escalation.status from escalation_alert
join escalation on escalation.id = escalation_alert.parent_id
where escalation_alert.alert_id = :id order by escalation.created_at desc limit 20;
