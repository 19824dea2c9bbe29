-- How often rules changed, whoever wrote them: those who keep them in memory read them again when it moves.
create table rules_version (
    id integer primary key check (id = 1),
    version integer not null
) strict;
insert into rules_version (id, version) values (1, 1);
create trigger rules_route_insert after insert on alert_route begin
    update rules_version set version = version + 1;
end;
create trigger rules_route_update after update on alert_route begin
    update rules_version set version = version + 1;
end;
create trigger rules_route_delete after delete on alert_route begin
    update rules_version set version = version + 1;
end;
create trigger rules_window_insert after insert on maintenance_window begin
    update rules_version set version = version + 1;
end;
create trigger rules_window_update after update on maintenance_window begin
    update rules_version set version = version + 1;
end;
create trigger rules_window_delete after delete on maintenance_window begin
    update rules_version set version = version + 1;
end;
