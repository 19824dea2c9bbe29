-- private: a window of the outbox, newest first; open only: what is not over yet
select * from outbox
where upstream = :upstream and id < :before and (not :open or state in ('queued', 'sending', 'failed', 'conflict'))
order by id desc limit :rows;
