-- cache: did a changed row's words change? Most changes are of a status.
select title, body from search_text where key = :key;
