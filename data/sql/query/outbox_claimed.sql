-- private: sync looks for a write of unknown fate: what another row made is not it
select 1 from outbox where result_id = :result_id and id <> :id;
