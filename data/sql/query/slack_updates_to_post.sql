-- hub: updates of an incident that are not known to Slack's channel yet, as they came.
select u.id from incident_update as u
left join slack_update on slack_update.incident_update_id = u.id
where u.incident_id = :id and slack_update.incident_update_id is null
order by u.created_at, u.id;
