-- Who asked to be covered on a shift, who offered, who took it. Asking changes nothing of the rota; taking makes an override.
create table cover_request (
    id text primary key,
    schedule_id text not null,
    rotation_id text not null,
    layer_id text not null,
    start_at integer not null,
    end_at integer not null,
    reason text not null,
    status text not null, -- open, taken, withdrawn
    asker_id text not null, -- whose shift it is
    asker_name text not null,
    asked_id text not null, -- '' = whoever can
    asked_name text not null,
    offers text not null, -- JSON: [{id, name, offered_at}]
    taker_id text not null,
    taker_name text not null,
    override_id text not null,
    created_at integer not null,
    updated_at integer not null
) strict, without rowid;
create index cover_request_by_schedule on cover_request (schedule_id, start_at);
