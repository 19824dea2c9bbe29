-- hub: what is attached to an incident already. Asked before it is attached.
select id from incident_attachment
where incident_id = :incident_id and resource_type = :resource_type and resource_external_id = :external_id;
