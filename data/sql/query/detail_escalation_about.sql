-- cache: the console's detail of an escalation: the alerts and incidents it is about.
select 'About' as section, 'alert' as label, alert_title as text, 'alert/' || alert_id as ref, position, 0 as turn
from escalation_alert where parent_id = :id
union all
select 'About', 'incident', escalation_incident.incident_reference || coalesce(' ' || incident.name, ''),
    'incident/' || escalation_incident.incident_id, position, 1
from escalation_incident left join incident on incident.id = escalation_incident.incident_id
where parent_id = :id
order by turn, position limit 20;
