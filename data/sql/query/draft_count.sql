-- private: the console is left: forms that were typed into and not sent.
select count(distinct action || ' ' || target_kind || ' ' || target_id) from draft where upstream = :upstream;
