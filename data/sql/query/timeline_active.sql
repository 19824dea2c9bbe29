-- cache: the console's timeline: open incidents, the most severe first, of equals the newest; `[` and `]` walk them.
select id from incident
where incident_status_category in ('triage', 'live', 'paused') and mode in ('standard', 'retrospective', '')
order by case when severity_digit between 1 and 4 then severity_digit else 9 end,
    created_at desc, id
limit 50;
