-- private: the palette: what was run last comes first.
select line, used_at from palette_use order by used_at desc, line limit :rows;
