-- cache: the console's detail of an alert: incidents it is attached to, and the route that did it.
select incident_alert.incident_reference as reference, coalesce(incident.name, '') as name,
    coalesce(route.name, '') as route
from incident_alert
left join incident on incident.id = incident_alert.incident_id
left join alert_route as route on route.id = incident_alert.alert_route_id
where incident_alert.alert_id = :id
order by incident_alert.id desc limit 5;
