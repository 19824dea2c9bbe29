-- hub: what was answered to a request with a key, for its repeats.
insert into idempotency (request, key, payload_hash, status, answer, at)
values (:request, :key, :payload_hash, :status, :answer, :at);
