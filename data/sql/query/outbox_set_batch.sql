-- private: the first row of a batch is its name
update outbox set batch = id where id = :id;
