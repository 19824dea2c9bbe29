-- private: the console opens the form of an action: what was typed there and not sent.
select field, text, changed_at from draft where upstream = :upstream and action = :action
and target_kind = :target_kind and target_id = :target_id;
