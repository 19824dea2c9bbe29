-- cache: the console's timeline: which kinds of events an incident has, so that only their statements are prepared; in the
-- order of src/store/window_timeline.c.
select exists (select 1 from incident_update where incident_id = :incident_id),
    exists (select 1 from incident_timeline_item where incident_id = :incident_id),
    exists (select 1 from incident_alert where incident_id = :incident_id),
    exists (select 1 from incident_alert join alert_note on alert_note.alert_id = incident_alert.alert_id
        where incident_alert.incident_id = :incident_id),
    exists (select 1 from escalation_incident where incident_id = :incident_id)
        or exists (select 1
            from incident_alert join escalation_alert on escalation_alert.alert_id = incident_alert.alert_id
            where incident_alert.incident_id = :incident_id),
    exists (select 1 from incident_attachment where incident_id = :incident_id),
    exists (select 1 from incident_attachment join pull_request on link = resource_permalink
        where incident_id = :incident_id),
    exists (select 1 from follow_up where incident_id = :incident_id),
    exists (select 1 from action where incident_id = :incident_id),
    exists (select 1 from version where kind = 'incident' and id = :incident_id),
    exists (select 1 from incident join channel_message on channel_id = slack_channel_id and is_said
        where incident.id = :incident_id and slack_channel_id <> '');
