-- private: the footer: what is on its way, and what needs the user
select
    (select count(*) from outbox where upstream = :upstream and state in ('queued', 'sending')),
    (select count(*) from outbox where upstream = :upstream and state in ('failed', 'conflict'));
