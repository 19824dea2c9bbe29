-- private: the console forgets a view.
delete from saved_view where upstream = :upstream and name = :name;
