-- hub: what a look at a group found.
update slack_group set members = iif(:written = 1, :members, members),
    checked_at = iif(:problem = '' or :written = 1, :now, checked_at),
    written_at = iif(:written = 1, :now, written_at), disputed = :disputed, problem = :problem
where sync_target_id = :id;
