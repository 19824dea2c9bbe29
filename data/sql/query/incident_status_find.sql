-- cache: an action names a status: by name, its beginning, or category; what else there is comes behind (rank 2)
select id, name, category, case when name = :text collate nocase or id = :text then 0
    when category = :text and rank = (select min(s.rank) from incident_status s where s.category = :text) then 1
    when substr(name, 1, length(:prefix)) = :prefix collate nocase then 1 else 2 end as rank_
from incident_status order by rank_, rank, id limit 20;
