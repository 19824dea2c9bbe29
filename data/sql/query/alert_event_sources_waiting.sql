-- hub: the sources of events that an earlier life of the hub left waiting.
select distinct alert_source_id from alert_event where processed_at = 0;
