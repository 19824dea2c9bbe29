-- hub: what has become of an incident's channel.
update slack_channel set name = :name, name_tries = :name_tries, tried_at = :tried_at, channel_id = :channel_id,
    topic = :topic, summary = :summary, summary_tried_at = :summary_tried_at, summary_ts = :summary_ts,
    pinned = :pinned, archived_at = :archived_at, problem = :problem
where incident_id = :id;
