-- cache: completion of filters: the values of an attribute that the newest alerts have, the most frequent first.
select value, count(*) as times
from (select coalesce(nullif(entry.catalog_entry_name, ''), nullif(entry.label, ''), entry.literal) as value
    from (select id from alert order by created_at desc, id limit 2000) as newest
    join alert_attribute_entry as entry on entry.parent_id = newest.id
    where entry.attribute_name = :name collate nocase)
where value <> '' and value like :pattern escape '\'
group by value collate nocase
order by times desc, value limit 40;
