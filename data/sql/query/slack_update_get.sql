-- hub: whether an update was posted.
select ts from slack_update where incident_update_id = :id;
