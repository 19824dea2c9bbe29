-- cache: notes something once: what is noted already stays.
insert into meta (name, value) values (:name, :value) on conflict (name) do nothing;
