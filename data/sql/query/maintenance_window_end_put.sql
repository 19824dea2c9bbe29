-- hub: the end of a maintenance window was seen to.
insert into maintenance_window_end (window_id, end_at) values (:window_id, :end_at);
