-- cache: the console's header and the empty alert pane: when the last alert was resolved, among those that came last.
select coalesce(max(resolved_at), 0) from (select resolved_at from alert
    where status = 'resolved' order by created_at desc limit 50);
