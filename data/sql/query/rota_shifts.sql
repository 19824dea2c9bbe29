-- cache: the console's rota pane: one list's shifts of a schedule that overlap [:from_ms, :to_ms). No shift is longer than a
-- year, which bounds how far back the index is read; its order is the index's own, backwards.
select id, schedule_id, list, fingerprint, rotation_id, layer_id, user_id, user_name, user_email, start_at, end_at
from schedule_entry
where schedule_id = :schedule_id and list = :list
    and start_at < :to_ms and start_at > :from_ms - 32140800000 and end_at > :from_ms
order by start_at, id desc limit 1500;
