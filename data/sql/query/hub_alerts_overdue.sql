-- hub: firing alerts that their source resolves by itself, for it has said nothing of them for so long.
select alert.id from alert_source as source
join alert on alert.alert_source_id = source.id and alert.status = 'firing'
where source.json ->> '$.auto_resolve_timeout_minutes' > 0
    and alert.updated_at <= :now - 60000 * (source.json ->> '$.auto_resolve_timeout_minutes')
    and (coalesce(source.json ->> '$.auto_resolve_incident_alerts', 1)
        or not exists (select 1 from incident_alert where incident_alert.alert_id = alert.id))
limit 200;
