-- What else happened to a dbt node: the history in an alert's detail, and filters by node.
create index alert_by_node on alert (node, created_at desc, id) where node <> '';
