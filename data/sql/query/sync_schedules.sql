-- cache: sync asks which schedules there are: their entries, overrides and sync rules hang under them.
select id from schedule order by id;
