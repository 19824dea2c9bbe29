-- hub: what was answered to a request with this key, to the same API key. Asked before it is done (again).
select payload_hash, status, answer from idempotency
where api_key_id = :api_key_id and request = :request and key = :key;
