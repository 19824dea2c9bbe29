-- cache: sync asks for incidents that are not over: their children are polled.
select id from incident
where incident_status_category in ('triage', 'live', 'learning', 'paused')
order by key desc;
