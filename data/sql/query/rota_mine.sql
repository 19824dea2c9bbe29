-- cache: the console's rota pane, `mine`: the shifts of one person that end after :now, over all schedules, with their layer's
-- name. No shift is longer than a year, which bounds how far back each schedule's index is read.
select entry.id, entry.schedule_id, schedule.name as schedule_name, schedule.timezone, entry.rotation_id,
    coalesce((select rotation.value ->> '$.name' from json_each(schedule.json, '$.config.rotations') as rotation
        where rotation.type = 'object' and rotation.value ->> '$.id' = entry.rotation_id limit 1), '') as rotation_name,
    entry.layer_id,
    coalesce((select layer.value ->> '$.name'
        from json_each(schedule.json, '$.config.rotations') as rotation, json_each(iif(rotation.type = 'object', rotation.value, '{}'), '$.layers') as layer
        where rotation.type = 'object' and layer.type = 'object'
            and rotation.value ->> '$.id' = entry.rotation_id and layer.value ->> '$.id' = entry.layer_id
        limit 1), '') as layer_name,
    entry.start_at, entry.end_at
from schedule
join schedule_entry as entry on entry.schedule_id = schedule.id and entry.start_at > :now - 32140800000
where entry.list = 'final' and entry.end_at > :now and entry.user_email = :email
order by entry.start_at, entry.id
limit 60;
