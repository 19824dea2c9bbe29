-- hub: a source's silence is said.
update heartbeat set missed = 1 where alert_source_id = :alert_source_id;
