-- cache: where the newest :rows waiting rows begin.
select min(key) from (select key from search_waiting order by key desc limit :rows) having count(*) > 0;
