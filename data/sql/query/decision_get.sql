-- hub: what was decided on an alert.
select json, note_id from decision where alert_id = :alert_id;
