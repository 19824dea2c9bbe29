-- For how long something is tried counts from when it was to be sent, which may be long after it was put.
alter table delivery add column wanted_at integer not null default 0;
update delivery set wanted_at = max(created_at, due_at) where state in ('queued', 'sending');
