-- private: sync reads what was asked of it, oldest first.
select id, kind, argument, requested_at from request order by id;
