-- cache: forgets the words of a row.
delete from search_text where key = :key;
