-- cache: sync asks for every incident, newest first: the children of all are walked once a day.
select id from incident order by key desc;
