-- hub: the incident of a number, which paths take in the place of an id.
select id from incident where reference = :reference;
