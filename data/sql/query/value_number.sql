-- cache: the number that a value which is new gets.
update alert_values_state set last_number = last_number + 1 returning last_number;
