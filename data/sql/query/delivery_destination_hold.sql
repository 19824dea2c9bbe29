-- hub: a destination gets nothing before a moment.
update delivery_destination set next_at = max(next_at, :next_at) where name = :name;
