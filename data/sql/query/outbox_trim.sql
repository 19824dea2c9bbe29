-- private: sync forgets what is long over
delete from outbox where upstream = :upstream and state in ('done', 'cancelled') and answered_at < :before;
