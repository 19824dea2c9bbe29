-- Who changed what over the API, and when: one row an object. Hashes are of the object's JSON; '' = it was not, or is no more.
create table audit (
    id integer primary key,
    at integer not null,
    api_key_id text not null,
    api_key_name text not null,
    user_id text not null, -- whom the key belongs to; '' = nobody
    user_name text not null,
    request text not null, -- method and path's pattern: PUT /v2/follow_ups/{id}
    request_id text not null,
    kind text not null,
    object_id text not null,
    before_hash text not null,
    after_hash text not null
) strict;
create index audit_by_object on audit (object_id);

-- Answers to requests with an idempotency key, for those who ask again.
create table idempotency (
    request text not null, -- as in the audit
    key text not null,
    payload_hash text not null,
    status integer not null,
    answer text not null,
    at integer not null,
    primary key (request, key)
) strict, without rowid;
create index idempotency_by_time on idempotency (at);
