-- private: what was run from the palette.
insert into palette_use (line, used_at) values (:line, :used_at)
on conflict (line) do update set used_at = excluded.used_at;
