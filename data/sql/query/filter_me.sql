-- cache: filters: who @me is.
select id, name, email from user where email = :email collate nocase order by id limit 1;
