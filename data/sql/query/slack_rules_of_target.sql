-- hub: which people of which schedules make a group.
select schedule_id, rotation_id, sync_type, coalesce(json -> '$.permanent_member_user_ids', '[]')
from schedule_sync_rule where schedule_sync_target_id = :id order by id;
