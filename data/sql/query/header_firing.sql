-- cache: the console's header: firing alerts by rank of the feed (1-4 severities, 5 without one), counted to 1001 at most, and
-- the oldest of each that nobody has acknowledged or snoozed.
select rank.value as rank,
    (select count(*) from (select 1 from alert where feed_rank = rank.value limit 1001)) as firing,
    coalesce((select min(created_at) from alert
        where feed_rank = rank.value and not exists (select 1
            from escalation_alert join escalation on escalation.id = escalation_alert.parent_id
            where escalation_alert.alert_id = alert.id
                and escalation.status in ('acked', 'snoozed'))), 0) as oldest_unacked
from json_each('[1,2,3,4,5]') as rank;
