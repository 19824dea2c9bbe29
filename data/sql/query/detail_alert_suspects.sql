-- cache: the console's detail of an alert: the commit it names, who brought it, and who touched the model's file in the week before.
select 'Suspects' as section, 'commit' as label,
    substr(git_commit.sha, 1, 7) || ' ' || iif(problem <> '', problem, subject) || iif(author <> '', ' (' || author || ')', '') as text,
    git_commit.url as link, git_commit.authored_at as at
from alert_commit join git_commit using (repository, sha)
where alert_commit.alert_id = :id
union all
select 'Suspects', 'pull', '#' || number || ' ' || title || iif(author <> '', ' (' || author || ')', '')
    || ' ' || state || ', brought the commit', url, 0
from alert_commit join commit_pull using (repository, sha)
where alert_commit.alert_id = :id
union all
select section, label, text, link, at
from (select 'Suspects' as section, 'merged' as label, '#' || pull.number || ' ' || pull.title
        || iif(pull.author <> '', ' (' || pull.author || ')', '') || ' touched ' || named.path as text,
        pull.url as link, pull.merged_at as at
    from alert_commit as named join alert on alert.id = named.alert_id
    join merged_pull as pull on pull.repository = named.repository
        and pull.merged_at between alert.created_at - 604800000 and alert.created_at
    where named.alert_id = :id and named.path <> ''
        and instr('/' || replace(pull.files, char(10), char(10) || '/') || char(10), '/' || named.path || char(10))
        and not exists (select 1 from commit_pull where commit_pull.repository = named.repository
            and commit_pull.sha = named.sha and commit_pull.number = pull.number)
    order by pull.merged_at desc limit 5);
