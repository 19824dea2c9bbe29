-- cache: what search_index took waits no longer.
delete from search_waiting where key >= :from;
