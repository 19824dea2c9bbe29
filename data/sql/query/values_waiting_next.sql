-- cache: the newest alert whose values wait to be read.
select key, id from alert where key <= :to order by key desc limit 1;
