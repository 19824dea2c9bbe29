-- hub: an alert that is to go through the routes again.
select alert_id from alert_reroute order by alert_id limit 1;
