-- cache: the console's alert pane and filters by state: the maintenance windows that hold a firing alert now: on since before it
-- began, and its conditions hold (any group of which all do; no group holds all). An operation that is not known holds nothing.
select held_by.name, held_by.end_at from alert as held
join maintenance_window as held_by on held_by.start_at <= held.created_at and held_by.end_at > :now
    and held_by.start_at <= :now and held_by.archived_at = 0
where held.id = :id and held.status = 'firing'
    and (coalesce(json_array_length(held_by.json, '$.alert_condition_groups'), 0) = 0
        or exists (select 1 from json_each(held_by.json, '$.alert_condition_groups') as alternative
            where alternative.type = 'object'
                and not exists (select 1 from json_each(alternative.value, '$.conditions') as condition
                where condition.type <> 'object' or not exists (select 1 from (
                    select held.title as value
                        where condition.value ->> '$.subject.reference' = 'alert.title'
                    union all select held.json ->> '$.description'
                        where condition.value ->> '$.subject.reference' = 'alert.description'
                    union all select coalesce(nullif(entry.catalog_entry_id, ''), entry.literal)
                        from alert_attribute_entry as entry
                        where entry.parent_id = held.id and condition.value ->> '$.subject.reference'
                            = 'alert.attributes.' || entry.attribute_id
                    union all select coalesce(nullif(part.value ->> '$.catalog_entry.id', ''), part.value ->> '$.literal')
                        from alert_attribute_entry as entry,
                            json_each(held.json, '$.attributes[' || entry.position || '].array_value') as part
                        where entry.parent_id = held.id and condition.value ->> '$.subject.reference'
                            = 'alert.attributes.' || entry.attribute_id) as found
                    where found.value <> '' and (condition.value ->> '$.operation.value' = 'is_set'
                        or exists (select 1 from (
                            select condition.value ->> '$.param_bindings[0].value.literal' as value
                            union all select item.value ->> '$.literal'
                                from json_each(condition.value, '$.param_bindings[0].array_value') as item
                                where item.type = 'object') as wanted
                            where wanted.value <> '' and case condition.value ->> '$.operation.value'
                                when 'one_of' then found.value = wanted.value
                                when 'contains' then instr(lower(found.value), lower(wanted.value)) > 0
                                when 'contains_one_of' then instr(lower(found.value), lower(wanted.value)) > 0
                                when 'name_contains' then instr(lower(found.value), lower(wanted.value)) > 0
                                else 0 end))))));
