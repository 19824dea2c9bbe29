-- cache: up to which key the values of alerts that are older than their table are still to be read; 0 = none waits.
select waiting_to from alert_values_state;
