-- hub: what is known of a custom field, from the newest incident that has it. Asked by writes that set one.
select entry.value -> '$.custom_field'
from incident, json_each(incident.json, '$.custom_field_entries') as entry
where entry.value ->> '$.custom_field.id' = :id
order by incident.created_at desc limit 1;
