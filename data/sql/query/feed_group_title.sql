-- cache: the console's alert pane, folded: what the row of an incident's alerts is called.
select name from incident where id = :id and name <> '';
