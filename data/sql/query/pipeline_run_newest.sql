-- cache: the console's header and `list`: the last runs of the pipeline, newest first.
select * from pipeline_run order by created_at desc, id limit :rows;
