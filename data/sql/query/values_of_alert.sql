-- cache: the texts of an alert's attributes, or, where one has none, those of its array: when they are read belatedly.
select attribute_name, literal, label, catalog_entry_name from alert_attribute_entry where parent_id = :id
union all
select entry.attribute_name, ifnull(item.value ->> '$.literal', ''), ifnull(item.value ->> '$.label', ''),
    ifnull(item.value ->> '$.catalog_entry.name', '')
from alert
join alert_attribute_entry as entry on entry.parent_id = alert.id
join json_each(alert.json, '$.attributes[' || entry.position || '].array_value') as item
where alert.id = :id and entry.literal = '' and entry.label = '' and entry.catalog_entry_name = '';
