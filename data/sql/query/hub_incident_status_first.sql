-- hub: the status in which incidents of a category begin.
select id from incident_status where category = :category order by rank, id limit 1;
