-- cache: the console's detail strip: one shift, and the shift of the rotation that an override takes the place of.
select entry.id, schedule.name as schedule, schedule.timezone, entry.user_name, entry.user_email,
    entry.start_at, entry.end_at,
    coalesce((select json_extract(layer.value, '$.name')
        from json_each(schedule.json, '$.config.rotations') as rotation,
            json_each(rotation.value, '$.layers') as layer
        where json_extract(rotation.value, '$.id') = entry.rotation_id
            and json_extract(layer.value, '$.id') = entry.layer_id limit 1), '') as layer,
    coalesce((select json_extract(rotation.value, '$.name')
        from json_each(schedule.json, '$.config.rotations') as rotation
        where json_extract(rotation.value, '$.id') = entry.rotation_id limit 1), '') as rotation,
    exists (select 1 from schedule_entry as override
        where override.schedule_id = entry.schedule_id and override.list = 'overrides'
            and override.start_at <= entry.start_at and override.start_at > entry.start_at - 32140800000
            and override.end_at >= entry.end_at and override.user_id = entry.user_id
            and override.rotation_id = entry.rotation_id and override.layer_id = entry.layer_id) as is_override,
    coalesce((select scheduled.user_name from schedule_entry as scheduled
        where scheduled.schedule_id = entry.schedule_id and scheduled.list = 'scheduled'
            and scheduled.start_at < entry.end_at and scheduled.start_at > entry.start_at - 32140800000
            and scheduled.end_at > entry.start_at
            and scheduled.rotation_id = entry.rotation_id and scheduled.layer_id = entry.layer_id
        order by scheduled.start_at limit 1), '') as instead_of
from schedule_entry as entry
join schedule on schedule.id = entry.schedule_id
where entry.id = :id;
