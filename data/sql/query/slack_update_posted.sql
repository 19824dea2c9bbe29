-- hub: an update was posted.
update slack_update set ts = :ts where incident_update_id = :id;
