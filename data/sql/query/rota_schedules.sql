-- cache: the console's rota pane: the schedules there are; which of them are followed is the profile's to say.
select id, name, timezone from schedule order by name, id limit 200;
