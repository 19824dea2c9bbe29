-- hub: when the next delivery that waits for a moment may be sent.
select coalesce(min(at), 0) from (
    select min(due_at) as at from delivery where state = 'queued' and due_at > :now
    union all
    select min(next_at) from delivery_destination where next_at > :now);
