-- hub: a page of an incident's timeline items, oldest first by when they happened, for GET /v2/incident_timeline_items.
select json from incident_timeline_item
where incident_id = :incident_id and (timestamp, id) > (:timestamp, :id)
order by timestamp, id
limit :limit;
