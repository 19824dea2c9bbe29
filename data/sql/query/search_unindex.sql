-- cache: takes a row's words out of the index; those still waiting are not in it.
insert into search (search, rowid, title, body)
select 'delete', t.key, t.title, t.body from search_text t
where t.key = :key and not exists (select 1 from search_waiting w where w.key = t.key);
