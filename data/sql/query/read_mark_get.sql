-- private: when an item, or a pane as a whole (id ''), was last looked at.
select seen_at from read_mark where upstream = :upstream and kind = :kind and id = :id;
