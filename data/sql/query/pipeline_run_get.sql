-- cache: sync, before it asks CI for a run again: what is known of it.
select * from pipeline_run where id = :id;
