-- What was decided on alerts, and why: JSON in the shape of the model's decision.
create table decision (
    alert_id text primary key,
    decided_at integer not null,
    note_id text not null, -- the alert's note that tells it
    json text not null
) strict, without rowid;
create index decision_by_time on decision (decided_at);
