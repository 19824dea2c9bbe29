-- Escalations to which something may still happen: what is next, and when.
create table escalation_run (
    escalation_id text primary key,
    state text not null, -- grace, begin, level, delay, acked, snoozed, over
    path text not null, -- the path's object, as it was when the escalation began
    position text not null, -- the place in it
    due_at integer not null, -- when it goes on; 0 = when somebody does something
    ends_at integer not null, -- of a level: when its time to acknowledge is over
    again_ms integer not null, -- of a level: how often it pages again before
    again_left integer not null,
    turn integer not null, -- of a level that takes turns: whose it is; -1 = it does not
    outstanding text not null, -- ids of who has yet to acknowledge, a blank around each; '' = one is enough
    pages integer not null, -- so far: part of their keys
    jumps integer not null, -- from path to path
    auto_cancel integer not null,
    announce integer not null -- 1 = notifications have yet to hear of its status
) strict, without rowid;
create index escalation_run_due on escalation_run (due_at) where due_at > 0;

-- How often a node of a path sent an escalation back.
create table escalation_repeat (
    escalation_id text not null,
    node_id text not null,
    times integer not null,
    primary key (escalation_id, node_id)
) strict, without rowid;

-- Levels that take turns: whose it is next.
create table escalation_turn (
    node text primary key, -- "PATH/NODE"
    turn integer not null
) strict, without rowid;

-- What is dropped while it is under way is not tried again.
alter table delivery add column unwanted integer not null default 0;
