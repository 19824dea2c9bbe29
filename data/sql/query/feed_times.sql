-- cache: the console's alert pane: how often an alert's source has fired its key in the 24 hours before it, itself included.
select count(*) from (select 1 from alert join alert as other
        on other.deduplication_key = alert.deduplication_key
            and other.created_at <= alert.created_at
            and other.created_at > alert.created_at - 86400000
            and other.alert_source_id = alert.alert_source_id
    where alert.key = :key and alert.deduplication_key <> '' limit 99);
