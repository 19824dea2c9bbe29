-- hub: a write or an answer about one request to be covered.
select id, schedule_id, rotation_id, layer_id, start_at, end_at, reason,
    case when status = 'open' and end_at <= :now then 'expired' else status end as status,
    asker_id, asker_name, asked_id, asked_name, offers, taker_id, taker_name, override_id, created_at, updated_at
from cover_request where id = :id;
