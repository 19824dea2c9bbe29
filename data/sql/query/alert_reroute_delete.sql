-- hub: it went through them, or needs to no more.
delete from alert_reroute where alert_id = :alert_id;
