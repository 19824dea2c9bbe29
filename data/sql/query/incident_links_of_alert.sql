-- hub: the incidents of an alert that ended, and the routes that made the links.
select incident_id, alert_route_id from incident_alert where alert_id = :alert_id order by id;
