-- cache: a row that goes or changes its words need no longer be indexed as it was.
delete from search_waiting where key = :key;
