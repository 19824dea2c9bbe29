-- hub: the team or person that an attribute's value names: by id, external id, name or address (facts 6.4).
select id, name from (
    select coalesce(nullif(json ->> '$.catalog_entry.id', ''), id) as id, name, 1 as priority
    from team
    where :type = 'Team' and (id = :text or json ->> '$.catalog_entry.id' = :text
        or json ->> '$.catalog_entry.external_id' = :text collate nocase or name = :text collate nocase)
    union all
    select id, name, 2 from user
    where :type = 'User' and (id = :text or email = :text collate nocase or name = :text collate nocase
        or json ->> '$.slack_user_id' = :text)
) order by priority, id limit 1;
