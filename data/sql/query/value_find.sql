-- cache: the number of a value, when an alert is put.
select number from alert_value where is_column = :is_column and name = :name and value = :value;
