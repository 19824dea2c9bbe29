-- hub: all API keys, oldest first, for `tocsin hub key list`.
select id, name, roles, user_id, created_at, last_used_at, revoked_at from api_key order by created_at, id;
