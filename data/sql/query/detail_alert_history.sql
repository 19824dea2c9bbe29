-- cache: the console's detail of an alert: when alerts of its dbt node fired and ended since a moment, the newest first.
select other.created_at as began_at, other.resolved_at as ended_at
from alert join alert as other on other.node = alert.node and other.node <> ''
where alert.id = :id and other.created_at > :from_ms
order by other.created_at desc, other.id limit 200;
