-- cache: the console's timeline, behind its first frame: who has which role, the call, and the custom fields that say something.
with fact (turn, kind, label, text, place) as (
    select 0, 'role', role_name, assignee_name, position
    from incident_role_assignment
    where parent_id = :incident_id and assignee_name <> '' and role_type <> 'lead'
    union all
    select 1, 'call', 'call', call_url, 0 from incident where id = :incident_id
    union all
    select 2, 'field', coalesce(field.value -> 'custom_field' ->> 'name', ''),
        coalesce((select group_concat(coalesce(item.value -> 'value_catalog_entry' ->> 'name',
                item.value -> 'value_option' ->> 'value', item.value ->> 'value_text',
                item.value ->> 'value_link', item.value ->> 'value_numeric'), ', ')
            from json_each(field.value, '$.values') as item where item.type = 'object'), ''), field.key
    from incident, json_each(incident.json, '$.custom_field_entries') as field
    where incident.id = :incident_id and field.type = 'object')
select kind, label, text from fact where text <> '' order by turn, place limit 20;
