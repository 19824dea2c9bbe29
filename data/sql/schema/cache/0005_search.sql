-- Full text of everything with words in it. The words stand in search_text (key = the row's, unique over all kinds, in
-- order of time), the index refers to them; taking a row out of it needs the exact words that went in. What is still to
-- be indexed is in search_waiting, so a crash in a first sync loses nothing. Fed a page at a time (src/store/search.c).
create table search_text (
    key integer primary key,
    kind text not null,
    id text not null,
    title text not null,
    body text not null
) strict;

create table search_waiting (
    key integer primary key
) strict;

create virtual table search using fts5 (
    title, body, content = 'search_text', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2'
);
