-- private: marks of what nobody looked at for long are forgotten, those of whole panes are not.
delete from read_mark where seen_at < :before and id <> '';
