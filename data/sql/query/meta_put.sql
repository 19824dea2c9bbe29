-- cache, hub: a named text; the same again writes nothing.
insert into meta (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value where value is not excluded.value;
