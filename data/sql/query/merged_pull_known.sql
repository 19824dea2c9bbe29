-- cache: sync, before it asks for the files of a merged pull request: they do not change.
select 1 from merged_pull where repository = :repository and number = :number;
