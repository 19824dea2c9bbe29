-- cache: an action names a severity: by name, its beginning, or its number from the top; others behind (rank 2)
select id, name, digit, case when name = :text collate nocase or id = :text or digit = :text then 0
    when substr(name, 1, length(:prefix)) = :prefix collate nocase then 1 else 2 end as match
from (select id, name, rank,
    cast(1 + (select count(*) from severity s where s.rank > severity.rank) as text) as digit from severity)
order by match, rank desc, id limit 20;
