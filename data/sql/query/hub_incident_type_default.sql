-- hub: the type of an incident that names none.
select id from incident_type order by json ->> '$.is_default' desc, created_at, id limit 1;
