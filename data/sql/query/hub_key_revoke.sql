-- hub: an API key ends, for `tocsin hub key revoke`. A revoked one stays in the list, and stays revoked.
update api_key set revoked_at = :now where id = :id and revoked_at = 0;
