-- cache: the rota pane, cover: the requests to be covered that are open, out of the server's list as it came.
select coalesce(request.value ->> '$.id', ''), coalesce(request.value ->> '$.schedule_id', ''),
    coalesce(request.value ->> '$.rotation_id', ''), coalesce(request.value ->> '$.layer_id', ''),
    coalesce(request.value ->> '$.user.id', ''), coalesce(request.value ->> '$.user.name', ''),
    coalesce(request.value ->> '$.start_at', ''), coalesce(request.value ->> '$.end_at', '')
from meta, json_each(meta.value, '$.schedule_cover_requests') as request
where meta.name = 'cover_requests' and request.type = 'object' and request.value ->> '$.status' = 'open'
order by request.value ->> '$.start_at', request.value ->> '$.id' limit 250;
