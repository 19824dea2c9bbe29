-- private: the views' menu: all of an upstream, by name.
select name, pane, filter, sort, columns, saved_at from saved_view where upstream = :upstream
order by name collate nocase, name limit 500;
