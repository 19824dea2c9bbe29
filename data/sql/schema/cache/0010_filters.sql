-- What filters ask for most stands in the feed's own index and in that of time: one that finds little in all of history
-- reads an index from end to end and no rows. A list by the last change has an index of its own.
drop index alert_by_feed;
create index alert_by_feed on alert (
    feed_rank, feed_at desc, id, status, severity_digit, severity, environment, owner, team, level, node,
    created_at, updated_at, alert_source_id, title
);
drop index alert_by_time;
create index alert_by_time on alert (
    created_at desc, id, updated_at, status, severity_digit, severity, environment, owner, team, level, node,
    alert_source_id, title
);
create index alert_by_update on alert (updated_at desc, id);
