-- cache: sync counts an incident's severity digit from the top of the known ranks.
select rank from severity order by rank desc;
