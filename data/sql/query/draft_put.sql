-- private: the console keeps a field of a form.
insert into draft (upstream, action, target_kind, target_id, field, text, changed_at)
values (:upstream, :action, :target_kind, :target_id, :field, :text, :changed_at);
