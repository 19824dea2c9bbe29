-- hub: an alert is to go through the routes again.
insert into alert_reroute (alert_id) values (:alert_id) on conflict do nothing;
