-- hub: a group begins, or one more alert joined it.
insert into alert_group (id, alert_route_id, keys, opened_at, last_at, alerts, severity_digit, incident_id, escalation_ids)
values (:id, :alert_route_id, :keys, :opened_at, :last_at, :alerts, :severity_digit, :incident_id, :escalation_ids)
on conflict (id) do update set last_at = excluded.last_at, alerts = excluded.alerts,
    severity_digit = excluded.severity_digit, incident_id = excluded.incident_id, escalation_ids = excluded.escalation_ids;
