-- cache: what is numbered of an alert, when it is read belatedly: columns; the texts of its attributes, or, where one has
-- none, those of its array.
select 1, 'title', title, '', '' from alert where id = :id
union all select 1, 'severity', severity, '', '' from alert where id = :id
union all select 1, 'environment', environment, '', '' from alert where id = :id
union all select 1, 'owner', owner, '', '' from alert where id = :id
union all select 1, 'team', team, '', '' from alert where id = :id
union all select 1, 'node', node, '', '' from alert where id = :id
union all select 1, 'level', level, '', '' from alert where id = :id
union all
select 0, attribute_name, literal, label, catalog_entry_name from alert_attribute_entry where parent_id = :id
union all
select 0, entry.attribute_name, ifnull(item.value ->> '$.literal', ''), ifnull(item.value ->> '$.label', ''),
    ifnull(item.value ->> '$.catalog_entry.name', '')
from alert
join alert_attribute_entry as entry on entry.parent_id = alert.id
join json_each(alert.json, '$.attributes[' || entry.position || '].array_value') as item
where alert.id = :id and entry.literal = '' and entry.label = '' and entry.catalog_entry_name = '';
