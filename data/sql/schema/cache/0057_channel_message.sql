-- What was said in the Slack channels of incidents, as Slack tells of it beside what upstream says.
create table channel_message (
    channel_id text not null, ts text not null, thread_ts text not null, said_at integer not null,
    who text not null, text text not null, permalink text not null,
    is_said integer not null, -- by a person; the others only carry threads
    latest_reply text not null, -- of its thread, as it was when that was read
    primary key (channel_id, ts)
) strict, without rowid;
create index channel_message_by_time on channel_message (channel_id, said_at, ts) where is_said;
-- Why a channel cannot be read; without a row it can, or nobody has tried.
create table channel_problem (channel_id text primary key, problem text not null) strict, without rowid;
-- Members of the workspace who are no users upstream; '' = Slack does not know the name either.
create table slack_member (id text primary key, name text not null, asked_at integer not null) strict, without rowid;
