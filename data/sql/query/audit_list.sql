-- hub: who changed what, newest first. Asked by `tocsin hub audit`; :object_id '' = every object, :rows -1 = all.
select at, api_key_id, api_key_name, user_id, user_name, request, request_id, kind, object_id, before_hash, after_hash
from audit where :object_id = '' or object_id = :object_id
order by id desc limit :rows;
