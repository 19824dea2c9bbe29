-- hub: where the configuration file declares an object; for writes of the API on it.
select place from declared where kind = :kind and id = :id;
