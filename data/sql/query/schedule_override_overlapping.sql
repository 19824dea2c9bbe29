-- hub: other overrides of a layer that touch a window. Asked by whoever writes one: its window is its own.
select id from schedule_override
where schedule_id = :schedule_id and end_at > :start_at and start_at < :end_at and rotation_id = :rotation_id
    and layer_id = :layer_id and id <> :id
order by end_at, id;
