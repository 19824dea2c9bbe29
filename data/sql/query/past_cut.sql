-- cache: the board as it was (store/past.c lays it over the tables): is there as much of what was over as is kept at most?
select (select count(*) from alert where feed_rank = 9) >= :alerts
    or (select count(*) from incident where incident_status_category not in ('triage', 'live', 'paused')) >= :others
    or (select count(*) from follow_up where status <> 'outstanding') >= :others as is_cut;
