-- hub: alerts that have notes, for has_notes.
select distinct alert_id from alert_note where alert_id <> '';
