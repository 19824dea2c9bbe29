-- cache: indexes the words that wait, a page by one statement: three times as fast as one a row.
insert into search (rowid, title, body)
select t.key, t.title, t.body from search_waiting w join search_text t on t.key = w.key
where w.key >= :from order by w.key;
