-- cache: the board as it was (store/past.c lays it over the tables): of which kinds is there as much that was over
-- as is kept at most? It is a sum of enum past_lacks.
select ((select count(*) from alert where feed_rank = 9) >= :alerts)
    + 2 * ((select count(*) from incident where incident_status_category not in ('triage', 'live', 'paused')) >= :others)
    + 4 * ((select count(*) from follow_up where status <> 'outstanding') >= :others) as lacks;
