-- cache: the console's detail of an alert: its attributes, the values of arrays as one text.
select entry.attribute_name as label,
    coalesce(nullif(entry.catalog_entry_name, ''), nullif(entry.label, ''), nullif(entry.literal, ''),
        (select group_concat(coalesce(item.value ->> 'catalog_entry' ->> 'name', item.value ->> 'label',
            item.value ->> 'literal'), ', ')
         from alert, json_each(alert.json, '$.attributes[' || entry.position || '].array_value') as item
         where alert.id = entry.parent_id), '') as text
from alert_attribute_entry as entry
where entry.parent_id = :id
order by entry.position
limit 40;
