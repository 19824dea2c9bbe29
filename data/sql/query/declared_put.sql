-- hub: the configuration file declares an object; asked when it is read.
insert into declared (kind, id, place) values (:kind, :id, :place)
on conflict (kind, id) do update set place = excluded.place where place <> excluded.place;
