-- hub: a look at a channel is asked for.
update slack_channel set changed = 0, rounds = rounds + 1 where incident_id = :id returning rounds;
