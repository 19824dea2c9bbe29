-- hub: the clock was set: a destination that is held stays so as long as before.
update delivery_destination set next_at = next_at + :by_ms where next_at > :from;
