-- cache: filters of alerts: attributes by name.
select id, name from alert_attribute order by name, id;
