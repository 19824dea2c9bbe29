-- private: the console's start: how the panes of an upstream were left.
select pane, filter, sort, item, columns, left_at from pane_state where upstream = :upstream limit 50;
