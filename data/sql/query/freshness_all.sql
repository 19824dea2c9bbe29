-- cache: the console's header and panes ask how fresh everything is.
select * from freshness order by resource;
