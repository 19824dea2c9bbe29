-- hub: incidents whose channel has to be looked at.
select incident_id from slack_channel where changed = 1 limit 20;
