-- hub: a new API key, as a hash. Asked by `tocsin hub key add` and by the demo.
insert into api_key (id, name, hash, roles, user_id, created_at, revoked_at, last_used_at)
values (:id, :name, :hash, :roles, :user_id, :created_at, 0, 0);
