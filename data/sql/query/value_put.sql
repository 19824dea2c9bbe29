-- cache: a value that no alert had so far.
insert into alert_value (is_column, name, value, number) values (:is_column, :name, :value, :number);
