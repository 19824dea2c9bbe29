-- cache: a conflict tells what was there, in words: what an id of a status, severity or person is called
select name from incident_status where id = :id
union all select name from severity where id = :id
union all select name from user where id = :id;
