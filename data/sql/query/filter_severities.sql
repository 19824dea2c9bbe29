-- cache: filters of incidents: severities by name, the most severe first.
select id, name, rank from severity order by rank desc, id;
