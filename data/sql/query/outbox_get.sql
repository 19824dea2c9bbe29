-- private: one row, for who waits for it, retries it or shows it
select * from outbox where upstream = :upstream and id = :id;
