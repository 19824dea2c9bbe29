-- hub: the severity of an incident that names none.
select id from severity order by rank, id limit 1;
