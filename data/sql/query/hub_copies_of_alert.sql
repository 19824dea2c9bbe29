-- hub: the links to incidents and the escalations that carry a copy of an alert.
select 'incident_alert' as kind, id from incident_alert where alert_id = :id
union all
select 'escalation', parent_id from escalation_alert where alert_id = :id;
