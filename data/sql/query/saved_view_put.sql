-- private: the console keeps a view under its name.
insert into saved_view (upstream, name, pane, filter, sort, columns, saved_at)
values (:upstream, :name, :pane, :filter, :sort, :columns, :saved_at)
on conflict (upstream, name) do update
set pane = excluded.pane, filter = excluded.filter, sort = excluded.sort, columns = excluded.columns,
    saved_at = excluded.saved_at;
