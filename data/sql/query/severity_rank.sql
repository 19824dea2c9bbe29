-- hub: how severe a severity of that name or id is; higher is worse.
select rank from severity where id = :text or name = :text collate nocase limit 1;
