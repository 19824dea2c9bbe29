-- cache: sync, when CI said something new about a run.
insert or replace into pipeline_run (id, project, branch, number, outcome, created_at, stopped_at, revision, subject, actor, url)
values (:id, :project, :branch, :number, :outcome, :created_at, :stopped_at, :revision, :subject, :actor, :url);
