-- cache: the console's detail of a shift: itself, whose scheduled shift it takes the place of, and who comes before and
-- after it on its layer.
select entry.id, schedule.id as schedule_id, entry.rotation_id, entry.layer_id, schedule.name as schedule, schedule.timezone as zone,
    coalesce(json_extract(schedule.json, '$.permalink'), '') as permalink,
    entry.list, entry.user_id, entry.user_name as person, entry.user_email as email, entry.start_at, entry.end_at,
    coalesce((select json_extract(layer.value, '$.name')
        from json_each(schedule.json, '$.config.rotations') as rotation,
            json_each(rotation.value, '$.layers') as layer
        where json_extract(rotation.value, '$.id') = entry.rotation_id
            and json_extract(layer.value, '$.id') = entry.layer_id limit 1), '') as layer,
    coalesce((select json_extract(rotation.value, '$.name')
        from json_each(schedule.json, '$.config.rotations') as rotation
        where json_extract(rotation.value, '$.id') = entry.rotation_id limit 1), '') as rotation,
    entry.list = 'overrides' or exists (select 1 from schedule_entry as override
        where override.schedule_id = entry.schedule_id and override.list = 'overrides'
            and override.start_at <= entry.start_at and override.start_at > entry.start_at - 32140800000
            and override.end_at >= entry.end_at and override.user_id = entry.user_id
            and override.rotation_id = entry.rotation_id and override.layer_id = entry.layer_id) as is_override,
    coalesce((select created_at from schedule_override as made
        where made.schedule_id = entry.schedule_id and made.layer_id = entry.layer_id
            and made.user_id = entry.user_id and made.start_at <= entry.start_at and made.end_at >= entry.end_at
        order by created_at desc limit 1), 0) as made_at,
    coalesce((select scheduled.user_name from schedule_entry as scheduled
        where scheduled.schedule_id = entry.schedule_id and scheduled.list = 'scheduled'
            and scheduled.start_at < entry.end_at and scheduled.start_at > entry.start_at - 32140800000
            and scheduled.end_at > entry.start_at
            and scheduled.rotation_id = entry.rotation_id and scheduled.layer_id = entry.layer_id
        order by scheduled.start_at limit 1), '') as instead_of,
    coalesce(before.user_name, '') as before, coalesce(before.id, '') as before_id, coalesce(before.end_at, 0) as before_until,
    coalesce(after.user_name, '') as after, coalesce(after.id, '') as after_id, coalesce(after.start_at, 0) as after_from
from schedule_entry as entry
join schedule on schedule.id = entry.schedule_id
left join schedule_entry as before on before.id = (select id from schedule_entry as other
    where other.schedule_id = entry.schedule_id and other.list = 'final' and other.rotation_id = entry.rotation_id
        and other.layer_id = entry.layer_id and other.user_id not in ('', entry.user_id)
        and other.start_at < entry.start_at and other.start_at > entry.start_at - 32140800000
    order by other.start_at desc limit 1)
left join schedule_entry as after on after.id = (select id from schedule_entry as other
    where other.schedule_id = entry.schedule_id and other.list = 'final' and other.rotation_id = entry.rotation_id
        and other.layer_id = entry.layer_id and other.user_id not in ('', entry.user_id)
        and other.start_at >= entry.end_at
    order by other.start_at limit 1)
where entry.id = :id;
