-- hub: whose channel it is, before one that was found is taken for ours.
select incident_id from slack_channel where channel_id = :channel_id;
