-- hub: what is known of an incident's channel.
select name, name_tries, tried_at, channel_id, topic, summary, summary_tried_at, summary_ts, pinned, archived_at, problem
from slack_channel where incident_id = :id;
