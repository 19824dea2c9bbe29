-- hub: the alerts of a group, for the incident that is opened for it later than they began.
select alert.id from alert, json_each(alert.json, '$.alert_group_ids') as held
where alert.created_at >= :opened_at and held.value = :id order by alert.created_at, alert.id limit 500;
