-- hub: incidents with any value in a custom field, for custom_field[ID][is_blank].
select distinct incident.id
from incident, json_each(incident.json, '$.custom_field_entries') as entry
where entry.value ->> '$.custom_field.id' = :field and json_array_length(entry.value, '$.values') > 0;
