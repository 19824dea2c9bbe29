-- cache: sync: the Slack channels of open incidents, the one on screen first, then the newest.
select slack_channel_id, max(id = :on_screen) as is_on_screen, min(created_at) as since from incident
where slack_channel_id <> '' and (incident_status_category in ('triage', 'live', 'paused') or id = :on_screen)
group by slack_channel_id
order by is_on_screen desc, since desc
limit :rows;
