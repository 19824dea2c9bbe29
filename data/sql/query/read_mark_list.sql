-- private: highlights: the items of a kind that were looked at since the pane as a whole was, newest first.
select id, seen_at from read_mark where upstream = :upstream and kind = :kind and id <> ''
order by seen_at desc limit 2000;
