-- cache: completion of filters of the rota: schedules by the beginning of their name.
select name from schedule where name like :pattern escape '\' order by name collate nocase, id limit 40;
