-- hub: what the event said by which an alert began, for the expressions of routes.
select metadata, query_params from alert_event
where received_at >= :created_at and alert_id = :alert_id order by received_at, id limit 1;
