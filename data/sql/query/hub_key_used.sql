-- hub: notes that an API key is in use; at most once an hour for each, so that reading stays reading.
update api_key set last_used_at = :now where id = :id;
