-- cache: the number of an attribute's value, when an alert is put.
select number from alert_value where attribute = :attribute and value = :value;
