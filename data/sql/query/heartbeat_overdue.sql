-- hub: sources that should have reported by now, and whose silence was not said yet.
select heartbeat.alert_source_id, source.name, heartbeat.pinged_at
from heartbeat join alert_source as source on source.id = heartbeat.alert_source_id
where heartbeat.missed = 0 and heartbeat.due_at <= :now limit 100;
