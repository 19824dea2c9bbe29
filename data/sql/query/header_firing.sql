-- cache: the console's header: firing alerts by rank of the feed (1-4 severities, 5 without one), counted to 1001 at most, and
-- since when the oldest of each burns that nobody has acknowledged or snoozed, as its newest escalation says.
select rank.value as rank,
    (select count(*) from (select 1 from alert where feed_rank = rank.value limit 1001)) as firing,
    coalesce((select feed_at from alert
        where feed_rank = rank.value and coalesce((select status in ('acked', 'snoozed')
            from (select escalation.status, max(escalation.created_at)
                from escalation_alert join escalation on escalation.id = escalation_alert.parent_id
                where escalation_alert.alert_id = alert.id)), 0) = 0
        order by feed_at limit 1), 0) as oldest_unacked
from json_each('[1,2,3,4,5]') as rank order by rank.value;
