-- cache: the console's alert pane, folded: the incident that an alert belongs to, and whether the alert is over.
select coalesce((select incident_id from incident_alert where alert_id = alert.id
    order by id desc limit 1), '') as incident_id, feed_rank >= 9 as is_over
from alert where id = :id;
