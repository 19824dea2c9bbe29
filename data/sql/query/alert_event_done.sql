-- hub: what became of an event.
update alert_event set processed_at = :now, alert_id = :alert_id, attributes = :attributes, problem = :problem
where id = :id;
