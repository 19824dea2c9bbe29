-- hub: an update is to be posted.
insert into slack_update (incident_update_id, ts) values (:id, '') on conflict (incident_update_id) do nothing;
