-- What is to be said to the outside (pages, hooks, posts): committed with what causes it, sent afterwards.
create table delivery (
    id integer primary key, -- the order in which they were caused
    kind text not null, -- who sends it: 'webhook', 'hook', 'slack_message' …
    destination text not null, -- whom limits are counted for
    lane text not null, -- rows of one lane go one after the other
    key text not null unique, -- what caused it; the same is not said twice
    about text not null, -- 'escalation:01H…'; '' = nothing
    body text not null, -- a JSON object
    state text not null, -- queued, sending, done, failed
    attempts integer not null,
    in_doubt integer not null, -- 1 = an attempt was made and its answer is not known
    created_at integer not null,
    due_at integer not null, -- not before
    finished_at integer not null,
    answer text not null -- the last one; '' = none yet
) strict;
create index delivery_queued on delivery (destination, id) where state = 'queued';
create index delivery_due on delivery (due_at) where state = 'queued';
create index delivery_sending on delivery (destination) where state = 'sending';
create index delivery_in_lane on delivery (lane, id) where state in ('queued', 'sending');
create index delivery_about on delivery (about, id);
create index delivery_finished on delivery (finished_at) where state in ('done', 'failed');

create table delivery_destination (
    name text primary key,
    next_at integer not null -- nothing before: it asked for it, or its pace
) strict, without rowid;
create index delivery_destination_next on delivery_destination (next_at);
