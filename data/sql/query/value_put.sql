-- cache: a value that no alert had so far.
insert into alert_value (attribute, value, number) values (:attribute, :value, :number);
