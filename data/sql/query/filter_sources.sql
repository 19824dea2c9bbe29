-- cache: filters of alerts: sources by name.
select id, name from alert_source order by name, id;
