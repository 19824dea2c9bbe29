-- cache: the console's detail of an alert: its notes, newest first.
select content, created_at,
    coalesce(nullif(creator_user_name, ''), nullif(creator_api_key_name, ''), creator_workflow_name) as who
from alert_note where alert_id = :id
order by created_at desc, id limit 10;
