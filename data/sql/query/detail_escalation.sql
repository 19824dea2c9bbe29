-- cache: the console's detail of an escalation.
select escalation.id, escalation.title, escalation.status, escalation.priority_name as priority,
    escalation.created_at, coalesce(json_extract(escalation.json, '$.description'), '') as description,
    coalesce((select name from escalation_path where id = escalation.escalation_path_id), '') as path
from escalation where escalation.id = :id;
