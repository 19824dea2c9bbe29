-- hub: who was asked into an incident's channel.
select slack_user_id from slack_invited where incident_id = :incident_id;
