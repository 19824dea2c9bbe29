-- hub: the API keys whose hash begins with :hint (hex digits sort below 'g'), for every request. The caller compares the whole hash.
select id, name, roles, user_id, hash, last_used_at from api_key
where hash >= :hint and hash < :hint || 'g' and revoked_at = 0;
