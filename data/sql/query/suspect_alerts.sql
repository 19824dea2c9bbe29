-- cache: sync: the commits and files that alerts name which fire, or belong to an incident that is not over, the newest first.
select alert.id as alert_id, :repository as repository, lower(named.literal) as sha,
    coalesce(file.literal, nullif(alert.node, '') || '.sql', '') as path
from (select id, key, node from alert where status = 'firing'
    union
    select alert.id, alert.key, alert.node
    from incident join incident_alert on incident_alert.incident_id = incident.id join alert on alert.id = incident_alert.alert_id
    where incident.incident_status_category in ('triage', 'live', 'learning', 'paused')) as alert
join alert_attribute_entry as named on named.parent_id = alert.id and named.attribute_name = :commit_attribute
left join alert_attribute_entry as file on file.parent_id = alert.id and file.attribute_name = :path_attribute
where length(named.literal) between 7 and 64 and named.literal not glob '*[^0-9a-fA-F]*'
group by alert.id
order by alert.key desc limit 200;
