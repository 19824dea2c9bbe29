-- hub: is there still something to be said in an incident's channel, before it is archived?
select count(*) from delivery where lane = :lane and state in ('queued', 'sending');
