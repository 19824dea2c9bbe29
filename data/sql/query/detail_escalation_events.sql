-- cache: the console's details: what happened in an escalation, in its order.
select 'Escalation' as section,
    case event when 'acked' then 'acknowledged' when 'notified_users' then 'paged'
        when 'notified_channels' then 'told' when 'triggered' then 'triggered'
        when 'entered_grace_period' then 'waiting' when 'expired' then 'expired'
        when 'cancelled' then 'cancelled' when 'resolved' then 'ended' else event end as label,
    coalesce(nullif((select group_concat(coalesce(value ->> 'name', ''), ', ')
            from json_each(iif(json_valid(users), users, '[]')) where type = 'object'), ''),
        nullif((select group_concat('channel ' || coalesce(value ->> 'slack_channel_id', ''), ', ')
            from json_each(iif(json_valid(channels), channels, '[]')) where type = 'object'), ''),
        iif(event = 'expired', 'nobody answered', '')) as text,
    occurred_at as at
from escalation_event where parent_id = :id
order by occurred_at, position limit 30;
