-- private: a form was sent or emptied, or is kept anew.
delete from draft where upstream = :upstream and action = :action
and target_kind = :target_kind and target_id = :target_id;
