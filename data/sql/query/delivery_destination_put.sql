-- hub: a destination is known from its first delivery on.
insert into delivery_destination (name, next_at) values (:name, 0) on conflict (name) do nothing;
