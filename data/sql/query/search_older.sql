-- cache: one search over all kinds: what has the words, from a place on, newest first.
select words.key, words.kind, words.id, words.title, words.body, words.key >> 20 as at,
    snippet(search, -1, char(2), char(3), '~', 16) as snippet
from search join search_text as words on words.key = search.rowid
where search match :words and search.rowid <= :key
order by search.rowid desc limit :rows;
