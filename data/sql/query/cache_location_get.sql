-- private: the console and one-shot commands ask where the cache of their profile's address is.
select directory from cache_location where base_url = :base_url;
