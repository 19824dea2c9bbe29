-- hub: escalations that an alert is part of, for alert[one_of].
select parent_id from escalation_alert where alert_id = :value;
