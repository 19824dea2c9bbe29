-- hub: an object was changed over the API. Asked by every write, in its transaction.
insert into audit (at, api_key_id, api_key_name, user_id, user_name, request, request_id, kind, object_id, before_hash,
    after_hash)
values (:at, :api_key_id, :api_key_name, :user_id, :user_name, :request, :request_id, :kind, :object_id, :before_hash,
    :after_hash);
