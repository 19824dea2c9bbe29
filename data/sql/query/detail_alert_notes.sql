-- cache: the console's detail of an alert: its notes, newest first.
select content as text, created_at as at,
    'Note by ' || coalesce(nullif(creator_user_name, ''), nullif(creator_api_key_name, ''),
        nullif(creator_workflow_name, ''), 'nobody known') as heading
from alert_note where alert_id = :id
order by created_at desc, id limit 10;
