-- private: what one key press or command queued, in order: what became of it, and to say it in another way
select * from outbox where upstream = :upstream and batch = :batch order by id;
