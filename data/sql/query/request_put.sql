-- private: the console asks sync to refresh something, or says what is on its screen. The same request waits once.
insert into request (kind, argument, requested_at)
select :kind, :argument, :requested_at
where not exists (select 1 from request where kind = :kind and argument = :argument);
