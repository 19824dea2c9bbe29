-- hub: the hash of an alert source's secret, to compare with what a sender shows.
select hash from alert_source_secret where alert_source_id = :alert_source_id;
