-- hub: what is known of a group.
select members, disputed, problem from slack_group where sync_target_id = :id;
