-- private: sync notes which directory holds the cache of an address, so that the console opens it without the key.
insert into cache_location (base_url, directory, noted_at)
values (:base_url, :directory, :noted_at)
on conflict (base_url) do update
set directory = excluded.directory, noted_at = excluded.noted_at
where directory is not excluded.directory;
