-- cache: sync, list and doctor ask how fresh one resource is.
select * from freshness where resource = :resource;
