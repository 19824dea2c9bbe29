-- hub: escalations that were made for an incident.
select parent_id from escalation_incident where incident_id = :value;
