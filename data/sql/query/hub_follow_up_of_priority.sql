-- hub: a follow-up that has the priority, for what else is known of it. Priorities have no list of their own.
select id from follow_up where priority_id = :priority_id order by created_at desc limit 1;
