-- hub: incidents with a value in a custom field, for custom_field[ID][one_of].
select distinct incident.id
from incident, json_each(incident.json, '$.custom_field_entries') as entry, json_each(entry.value, '$.values') as held
where entry.value ->> '$.custom_field.id' = :field
  and :value in (held.value ->> '$.value_option.id', held.value ->> '$.value_catalog_entry.id',
                 held.value ->> '$.value_text', held.value ->> '$.value_link', held.value ->> '$.value_numeric');
