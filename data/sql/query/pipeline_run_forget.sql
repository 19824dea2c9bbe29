-- cache: sync: runs that are too old, or of a project or branch that is not looked at any more.
delete from pipeline_run where created_at < :before or project <> :project or branch <> :branch;
