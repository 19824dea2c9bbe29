-- hub: what the configuration file declared so far, to find what it no longer has.
select id from declared where kind = :kind order by id;
