-- cache: an action names a person: by address, name, or the beginning of one; no match (rank 2) is not listed
select id, name, email, iif(email = :text collate nocase or name = :text collate nocase or id = :text, 0, 1) as rank
from user
where is_active and (email = :text collate nocase or name = :text collate nocase or id = :text
    or substr(name, 1, length(:prefix)) = :prefix collate nocase)
order by rank, name collate nocase, id limit 8;
