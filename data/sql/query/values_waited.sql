-- cache: alerts down to this key have their values.
update alert_values_state set waiting_to = :to;
