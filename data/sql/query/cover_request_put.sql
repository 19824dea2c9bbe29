-- hub: somebody asks to be covered, offers, takes a shift or takes the request back.
insert into cover_request (id, schedule_id, rotation_id, layer_id, start_at, end_at, reason, status, asker_id, asker_name,
    asked_id, asked_name, offers, taker_id, taker_name, override_id, created_at, updated_at)
values (:id, :schedule_id, :rotation_id, :layer_id, :start_at, :end_at, :reason, :status, :asker_id, :asker_name,
    :asked_id, :asked_name, :offers, :taker_id, :taker_name, :override_id, :created_at, :updated_at)
on conflict (id) do update set status = excluded.status, offers = excluded.offers, taker_id = excluded.taker_id,
    taker_name = excluded.taker_name, override_id = excluded.override_id, updated_at = excluded.updated_at;
