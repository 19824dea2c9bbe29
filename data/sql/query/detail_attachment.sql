-- cache: the console's detail of what is attached to an incident.
select attachment.id, attachment.resource_title as title,
    replace(attachment.resource_type, '_', ' ') as type, attachment.resource_external_id as external_id,
    attachment.resource_permalink as permalink, attachment.first_seen_at,
    coalesce(pull.summary, '') as state, coalesce(pull.author, '') as author, coalesce(pull.merged_at, 0) as merged_at,
    attachment.incident_id, coalesce(incident.reference, '') as reference, coalesce(incident.name, '') as name
from incident_attachment as attachment
left join pull_request as pull on pull.link = attachment.resource_permalink
left join incident on incident.id = attachment.incident_id
where attachment.id = :id;
