-- hub: whether a source's silence was said.
select missed from heartbeat where alert_source_id = :alert_source_id;
