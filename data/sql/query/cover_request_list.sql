-- hub: the list of requests to be covered, those of the next shifts first; '' = whatever schedule, whatever status.
select id, schedule_id, rotation_id, layer_id, start_at, end_at, reason,
    case when status = 'open' and end_at <= :now then 'expired' else status end as status,
    asker_id, asker_name, asked_id, asked_name, offers, taker_id, taker_name, override_id, created_at, updated_at
from cover_request
where (:schedule_id = '' or schedule_id = :schedule_id)
    and (:status = '' or :status = case when status = 'open' and end_at <= :now then 'expired' else status end)
order by start_at desc, id limit :rows;
