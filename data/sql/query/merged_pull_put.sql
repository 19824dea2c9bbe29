-- cache: sync: a pull request that was merged, and the files it touched.
insert or replace into merged_pull (repository, number, title, author, merged_at, url, files)
values (:repository, :number, :title, :author, :merged_at, :url, :files);
