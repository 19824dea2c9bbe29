-- Channels of incidents in Slack. Nothing gets in here while slack_switch says that they are off.
create table slack_switch (
    id integer primary key check (id = 1),
    channels integer not null -- 1 = new incidents get a channel
) strict;
insert into slack_switch (id, channels) values (1, 0);

create table slack_channel (
    incident_id text primary key,
    changed integer not null, -- 1 = since it was last looked at
    rounds integer not null, -- looks asked for; numbers their deliveries
    name text not null, -- under which it was last tried to make it
    name_tries integer not null,
    tried_at integer not null, -- when making it under that name began; 0 = not yet
    channel_id text not null, -- '' = none yet
    topic text not null, -- as last set
    summary text not null, -- the pinned message's text, as last said
    summary_tried_at integer not null, -- when posting it began; 0 = not yet
    summary_ts text not null, -- its name in the channel; '' = not there yet
    pinned integer not null,
    archived_at integer not null, -- 0 = is not
    problem text not null -- what is wrong with it now; '' = nothing
) strict, without rowid;
create index slack_channel_changed on slack_channel (incident_id) where changed = 1;
create index slack_channel_by_channel on slack_channel (channel_id) where channel_id <> '';

-- Who was asked in. Nobody is asked twice: who left had reasons.
create table slack_invited (
    incident_id text not null,
    slack_user_id text not null,
    problem text not null, -- why they are not in; '' = they are
    primary key (incident_id, slack_user_id)
) strict, without rowid;

-- Incident updates that are to be posted, or were.
create table slack_update (
    incident_update_id text primary key,
    ts text not null -- of the message; '' = not posted yet
) strict, without rowid;

create trigger slack_channel_incident_new after insert on incident
    when new.mode in ('standard', 'test') and new.incident_status_category in ('triage', 'live')
        and new.slack_channel_id = '' and (select channels from slack_switch) = 1
begin
    insert into slack_channel (incident_id, changed, rounds, name, name_tries, tried_at, channel_id, topic,
        summary, summary_tried_at, summary_ts, pinned, archived_at, problem)
    values (new.id, 1, 0, '', 0, 0, '', '', '', 0, '', 0, 0, '') on conflict (incident_id) do nothing;
end;
create trigger slack_channel_incident_changed after update on incident begin
    update slack_channel set changed = 1 where incident_id = new.id;
end;
create trigger slack_channel_update_new after insert on incident_update begin
    update slack_channel set changed = 1 where incident_id = new.incident_id;
end;
create trigger slack_channel_escalation_new after insert on escalation_incident begin
    update slack_channel set changed = 1 where incident_id = new.incident_id;
end;
