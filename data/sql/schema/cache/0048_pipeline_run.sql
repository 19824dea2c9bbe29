-- Runs of the pipeline, as CI tells of them: an id is the pipeline's there.
create table pipeline_run (
    id text primary key, project text not null, branch text not null, number integer not null,
    outcome text not null, created_at integer not null, stopped_at integer not null, revision text not null,
    subject text not null, actor text not null, url text not null
) strict, without rowid;
create index pipeline_run_by_time on pipeline_run (created_at desc, id);
