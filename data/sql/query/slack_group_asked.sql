-- hub: a look at a group is asked for.
insert into slack_group (sync_target_id, changed, rounds, members, checked_at, written_at, disputed, problem)
values (:id, 0, 1, '', 0, 0, 0, '')
on conflict (sync_target_id) do update set changed = 0, rounds = rounds + 1
returning rounds;
