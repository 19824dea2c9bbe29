-- cache: the console's rota pane: rotations and layers of a schedule with their names, which only its configuration has.
select coalesce(json_extract(rotation.value, '$.id'), '') as rotation_id,
    coalesce(json_extract(rotation.value, '$.name'), '') as rotation_name,
    coalesce(json_extract(layer.value, '$.id'), '') as layer_id,
    coalesce(json_extract(layer.value, '$.name'), '') as layer_name
from schedule, json_each(schedule.json, '$.config.rotations') as rotation,
    json_each(rotation.value, '$.layers') as layer
where schedule.id = :schedule_id
order by rotation.key, layer.key limit 200;
