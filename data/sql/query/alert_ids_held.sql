-- hub: the firing alerts that a maintenance window held, when it is over.
select alert.id from alert join decision on decision.alert_id = alert.id
where alert.status = 'firing' and decision.json ->> '$.maintenance_window' = :name order by alert.created_at, alert.id;
