-- cache: is the full-text index incomplete?
select exists (select 1 from search_waiting);
