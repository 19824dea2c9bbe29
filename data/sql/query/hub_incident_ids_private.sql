-- hub: incidents that only a key with global_access may see. Every list of what belongs to an incident asks.
select id from incident where visibility = 'private';
