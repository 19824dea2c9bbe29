-- hub: the demo's look-alike of GitHub: the first alert that names a commit, and the model it is about.
select alert.created_at, coalesce((select literal from alert_attribute_entry
    where parent_id = alert.id and attribute_name = 'Node'), '') as node
from alert_attribute_entry as named join alert on alert.id = named.parent_id
where named.attribute_name = 'Commit' and named.literal = :sha
order by alert.created_at limit 1;
