-- hub: alerts with a value in an attribute, also among several, for attributes[ID] where the child table does not do.
select distinct alert.id
from alert, json_each(alert.json, '$.attributes') as held
where held.value ->> '$.attribute.id' = :attribute
  and (:value in (held.value ->> '$.value.catalog_entry.id', held.value ->> '$.value.literal')
       or exists (select 1 from json_each(held.value, '$.array_value') as item
                  where :value in (item.value ->> '$.catalog_entry.id', item.value ->> '$.literal')));
