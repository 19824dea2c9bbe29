-- Slack's user groups that are kept equal to who is on call. Empty while that is off: then the triggers do nothing.
create table slack_group (
    sync_target_id text primary key,
    changed integer not null, -- 1 = what says who is in it has changed since it was last looked at
    rounds integer not null, -- looks asked for; numbers their deliveries
    members text not null, -- ids in Slack, in order, with commas: as last written there
    checked_at integer not null, -- it was equal to who is on call; 0 = never
    written_at integer not null,
    disputed integer not null, -- how often in a row somebody else's list had come back
    problem text not null -- what is wrong with it now; '' = nothing
) strict, without rowid;

-- Who our people are in Slack, asked again daily.
create table slack_user (
    user_id text primary key,
    slack_user_id text not null, -- '' = nobody there, or deactivated
    problem text not null, -- why there is none
    asked_at integer not null
) strict, without rowid;

create trigger slack_group_override_new after insert on schedule_override begin
    update slack_group set changed = 1 where sync_target_id in
        (select schedule_sync_target_id from schedule_sync_rule where schedule_id = new.schedule_id);
end;
create trigger slack_group_override_changed after update on schedule_override begin
    update slack_group set changed = 1 where sync_target_id in
        (select schedule_sync_target_id from schedule_sync_rule
            where schedule_id in (old.schedule_id, new.schedule_id));
end;
create trigger slack_group_override_gone after delete on schedule_override begin
    update slack_group set changed = 1 where sync_target_id in
        (select schedule_sync_target_id from schedule_sync_rule where schedule_id = old.schedule_id);
end;
create trigger slack_group_schedule_changed after update on schedule begin
    update slack_group set changed = 1 where sync_target_id in
        (select schedule_sync_target_id from schedule_sync_rule where schedule_id = new.id);
end;
create trigger slack_group_schedule_gone after delete on schedule begin
    update slack_group set changed = 1 where sync_target_id in
        (select schedule_sync_target_id from schedule_sync_rule where schedule_id = old.id);
end;
create trigger slack_group_rule_new after insert on schedule_sync_rule begin
    update slack_group set changed = 1 where sync_target_id = new.schedule_sync_target_id;
end;
create trigger slack_group_rule_changed after update on schedule_sync_rule begin
    update slack_group set changed = 1
        where sync_target_id in (old.schedule_sync_target_id, new.schedule_sync_target_id);
end;
create trigger slack_group_rule_gone after delete on schedule_sync_rule begin
    update slack_group set changed = 1 where sync_target_id = old.schedule_sync_target_id;
end;
create trigger slack_group_target_changed after update on schedule_sync_target begin
    update slack_group set changed = 1 where sync_target_id = new.id;
end;
create trigger slack_group_target_gone after delete on schedule_sync_target begin
    delete from slack_group where sync_target_id = old.id;
end;
create trigger slack_group_user_changed after update on user begin
    delete from slack_user where user_id = new.id;
    update slack_group set changed = 1;
end;
