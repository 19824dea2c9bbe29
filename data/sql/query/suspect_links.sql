-- cache: the console, when a pull request is to be linked to an incident: who may have broken what its alerts are about, those that
-- brought their commits first.
select pull.url as link, '#' || pull.number || ' ' || pull.state as summary,
    pull.title || iif(pull.author <> '', ' (' || pull.author || ')', '') as title
from (select commit_pull.url, commit_pull.number, commit_pull.state, commit_pull.title, commit_pull.author, 0 as rank, 0 as at
    from incident_alert join alert_commit on alert_commit.alert_id = incident_alert.alert_id
    join commit_pull using (repository, sha)
    where incident_alert.incident_id = :incident_id
    union
    select merged.url, merged.number, 'merged', merged.title, merged.author, 1, -merged.merged_at
    from incident_alert join alert on alert.id = incident_alert.alert_id
    join alert_commit as named on named.alert_id = alert.id
    join merged_pull as merged on merged.repository = named.repository
        and merged.merged_at between alert.created_at - 604800000 and alert.created_at
    where incident_alert.incident_id = :incident_id and named.path <> ''
        and instr('/' || replace(merged.files, char(10), char(10) || '/') || char(10), '/' || named.path || char(10))) as pull
where pull.url <> '' and not exists (select 1 from incident_attachment
    where incident_id = :incident_id and resource_permalink = pull.url)
group by pull.url
order by min(pull.rank), min(pull.at) limit 20;
