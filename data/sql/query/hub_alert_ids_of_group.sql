-- hub: alerts of a group, for alert_group_id[one_of].
select distinct alert.id from alert, json_each(alert.json, '$.alert_group_ids') as held where held.value = :value;
