-- cache: the values of an alert that was put.
insert into alert_values (key, numbers) values (:key, :numbers)
on conflict (key) do update set numbers = excluded.numbers where numbers <> excluded.numbers;
