-- hub: what was answered to a request with this key. Asked before it is done (again).
select payload_hash, status, answer from idempotency where request = :request and key = :key;
