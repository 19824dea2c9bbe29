-- Two API keys may use the same idempotency key, and neither learns what the other was answered. Whose the answers so far
-- are stands in the audit, which has the same moment.
alter table idempotency rename to idempotency_before;
drop index idempotency_by_time;
create table idempotency (
    api_key_id text not null,
    request text not null, -- as in the audit
    key text not null,
    payload_hash text not null,
    status integer not null,
    answer text not null,
    at integer not null,
    primary key (api_key_id, request, key)
) strict, without rowid;
create index idempotency_by_time on idempotency (at);
create index idempotency_by_request on idempotency (request, key);
insert or ignore into idempotency (api_key_id, request, key, payload_hash, status, answer, at)
select coalesce((select audit.api_key_id from audit
        where audit.request = b.request and audit.at = b.at order by audit.id desc limit 1), ''),
    b.request, b.key, b.payload_hash, b.status, b.answer, b.at
from idempotency_before as b;
drop table idempotency_before;

-- Who writes an override looks at those of its time, not at all there ever were.
create index schedule_override_by_end on schedule_override (schedule_id, end_at);
