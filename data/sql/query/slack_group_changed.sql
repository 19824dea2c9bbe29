-- hub: sync targets whose Slack group has to be looked at.
select target.id from schedule_sync_target as target
left join slack_group on slack_group.sync_target_id = target.id
where slack_group.sync_target_id is null or slack_group.changed = 1
limit 20;
