-- private: sync took every request up to this one.
delete from request where id <= :id;
