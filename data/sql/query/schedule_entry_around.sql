-- cache: before an override is put into a schedule: who is on call there in its time
select user_name, start_at, end_at, user_id from schedule_entry
where schedule_id = :schedule_id and list = 'final' and rotation_id = :rotation_id and layer_id = :layer_id
    and start_at < :to and end_at > :from
order by start_at;
