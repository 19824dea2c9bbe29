-- hub: the escalation that was made with an idempotency key, for idempotency_key[is].
select json_extract(answer, '$.escalation.id') from idempotency
where request = 'POST /v2/escalations' and key = :value;
