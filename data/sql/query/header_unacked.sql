-- cache: the console's header while a maintenance window is on: those of a rank of which header_firing tells the oldest, to find
-- the oldest that no window holds.
select id, feed_at from alert
where feed_rank = :rank and coalesce((select status in ('acked', 'snoozed')
    from (select escalation.status, max(escalation.created_at)
        from escalation_alert join escalation on escalation.id = escalation_alert.parent_id
        where escalation_alert.alert_id = alert.id)), 0) = 0
order by feed_at limit 500;
