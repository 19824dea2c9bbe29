-- private: how a pane was left.
insert into pane_state (upstream, pane, filter, sort, item, columns, left_at)
values (:upstream, :pane, :filter, :sort, :item, :columns, :left_at)
on conflict (upstream, pane) do update
set filter = excluded.filter, sort = excluded.sort, item = excluded.item, columns = excluded.columns,
    left_at = excluded.left_at;
