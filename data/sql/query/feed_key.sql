-- cache: the console's alert pane, its rows held: the key of one that has left the window.
select key from alert where id = :id;
