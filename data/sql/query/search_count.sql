-- cache: filters: do so few rows have these words that the list had better start from them?
select count(*) from (select 1 from search where search match :query limit :most);
