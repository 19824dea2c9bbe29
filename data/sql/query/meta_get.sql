-- cache, hub: a named text.
select value from meta where name = :name;
