-- cache: the console's detail of an alert: its attributes, the values of arrays as one text; those the profile gives a
-- meaning first, then by name, so that each alert has them in the same order. Lineage is drawn instead (detail_alert_lineage).
with entry as (
    select attribute_name as label,
        coalesce(nullif(catalog_entry_name, ''), nullif(label, ''), nullif(literal, ''),
            (select group_concat(coalesce(item.value -> 'catalog_entry' ->> 'name', item.value ->> 'label',
                item.value ->> 'literal'), ', ')
             from alert, json_each(alert.json, '$.attributes[' || position || '].array_value') as item
             where alert.id = parent_id), '') as text
    from alert_attribute_entry
    where parent_id = :id and not coalesce(case when literal glob '{*' and json_valid(literal)
        then json_type(literal, '$.up') = 'array' or json_type(literal, '$.down') = 'array' end, 0)
    order by position limit 60)
select 'Attributes' as section, entry.label, entry.text,
    iif(entry.text glob 'http*://*' and instr(entry.text, ' ') = 0, entry.text, '') as link
from entry join alert on alert.id = :id
order by case entry.text when '' then 9 when alert.severity then 0 when alert.environment then 1 when alert.team then 2
    when alert.owner then 3 when alert.node then 4 when alert.level then 5 else 6 end, entry.label collate nocase;
