-- hub: an answer with a sync target: the schedules whose rules feed it.
select json_group_array(json_object('id', linked.id, 'name', linked.name,
    'team_ids', json(coalesce(json_extract(linked.json, '$.team_ids'), '[]'))))
from (select schedule.id, schedule.name, schedule.json from schedule
    where schedule.id in (select schedule_id from schedule_sync_rule
        where schedule_sync_target_id = :schedule_sync_target_id)
    order by schedule.name, schedule.id) as linked;
