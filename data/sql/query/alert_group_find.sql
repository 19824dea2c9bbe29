-- hub: the last group of a route with these keys, which an alert may join.
select id, opened_at, last_at, alerts, severity_digit, incident_id, escalation_ids from alert_group
where alert_route_id = :alert_route_id and keys = :keys order by last_at desc limit 1;
