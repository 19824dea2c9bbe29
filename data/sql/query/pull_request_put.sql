-- cache: sync, when GitHub said something new about a pull request.
insert or replace into pull_request (link, repository, number, title, author, state, review, statuses, runs, checks,
    checks_at, summary, head, merged_at, problem, etags, etags_of)
values (:link, :repository, :number, :title, :author, :state, :review, :statuses, :runs, :checks,
    :checks_at, :summary, :head, :merged_at, :problem, :etags, :etags_of);
