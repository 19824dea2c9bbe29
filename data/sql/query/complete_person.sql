-- cache: completion of filters: people by the beginning of their name.
select name from user where name like :pattern escape '\' order by name collate nocase, id limit 40;
