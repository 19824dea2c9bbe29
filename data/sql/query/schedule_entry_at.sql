-- cache: an action overrides a schedule: which rotation and layer has somebody on call then
select rotation_id, layer_id, start_at, end_at from schedule_entry
where schedule_id = :schedule_id and list = 'scheduled' and start_at <= :at and end_at > :at
order by rotation_id, layer_id limit 1;
