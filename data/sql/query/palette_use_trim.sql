-- private: the palette remembers the last lines only.
delete from palette_use where line not in (select line from palette_use order by used_at desc, line limit :rows);
