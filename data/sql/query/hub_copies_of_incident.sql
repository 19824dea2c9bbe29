-- hub: the links to alerts and the escalations that carry a copy of an incident.
select 'incident_alert' as kind, id from incident_alert where incident_id = :id
union all
select 'escalation', parent_id from escalation_incident where incident_id = :id;
