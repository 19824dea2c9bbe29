-- hub: escalations made with idempotency keys that begin alike, for idempotency_key[starts_with].
select json_extract(answer, '$.escalation.id') from idempotency
where request = 'POST /v2/escalations' and substr(key, 1, length(:value)) = :value;
