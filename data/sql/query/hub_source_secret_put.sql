-- hub: an alert source gets a secret, as a hash; it replaces an earlier one. Asked by the demo.
insert into alert_source_secret (alert_source_id, hash) values (:alert_source_id, :hash)
on conflict (alert_source_id) do update set hash = excluded.hash;
