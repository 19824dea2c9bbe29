-- cache: an action makes somebody lead: which role that is
select id from incident_role where role_type = 'lead' order by id limit 1;
