-- hub: escalations of an incident, also those tied to it through an alert only, for incident[one_of].
select parent_id from escalation_incident where incident_id = :value
union
select escalation_alert.parent_id
from incident_alert join escalation_alert on escalation_alert.alert_id = incident_alert.alert_id
where incident_alert.incident_id = :value;
