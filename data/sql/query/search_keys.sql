-- cache: filters: which rows have these words; in the order of the index, which ends the reading when they are many.
select rowid from search where search match :query;
