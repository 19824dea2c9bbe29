-- hub: the demo's look-alike of CircleCI: what dbt's runs in production broke, with the commit, in a stretch of time.
select alert.created_at, coalesce((select literal from alert_attribute_entry
    where parent_id = alert.id and attribute_name = 'Commit'), '') as sha
from alert
where alert.alert_source_id = :source_id and alert.created_at >= :from_ms and alert.created_at < :until_ms
    and exists (select 1 from alert_attribute_entry where parent_id = alert.id and attribute_name = 'Level'
        and literal in ('error', 'fail'))
    and exists (select 1 from alert_attribute_entry where parent_id = alert.id and attribute_name = 'Environment'
        and literal = 'prod')
order by alert.created_at;
