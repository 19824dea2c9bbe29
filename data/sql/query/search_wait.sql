-- cache: a row's words are to be indexed by the next cache_index.
insert into search_waiting (key) values (:key);
