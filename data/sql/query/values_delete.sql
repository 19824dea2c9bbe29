-- cache: an alert is gone.
delete from alert_values where key = :key;
