-- hub: what was answered to a request with a key, for its repeats.
insert into idempotency (api_key_id, request, key, payload_hash, status, answer, at)
values (:api_key_id, :request, :key, :payload_hash, :status, :answer, :at);
