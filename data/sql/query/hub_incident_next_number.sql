-- hub: the number of the next incident. Asked by whoever makes one.
select coalesce(max(cast(substr(reference, 5) as integer)), 0) + 1 from incident;
