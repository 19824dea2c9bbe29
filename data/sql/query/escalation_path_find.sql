-- cache: an action names an escalation path: by name or its beginning; others behind (rank 2)
select id, name, '', case when name = :text collate nocase or id = :text then 0
    when substr(name, 1, length(:prefix)) = :prefix collate nocase then 1 else 2 end as match
from escalation_path order by match, name, id limit 20;
