-- cache: the console's detail of an alert: its description, then its notes, newest first. What a hub decided (its own notes,
-- which are nobody's) is told without its JSON.
select '' as heading, coalesce(json_extract(json, '$.description'), '') as text, 0 as at, 0 as turn, '' as id
from alert where id = :id
union all
select iif(json_at > 0, 'Why', 'Note by ' || coalesce(nullif(creator_user_name, ''),
        nullif(creator_api_key_name, ''), nullif(creator_workflow_name, ''), 'nobody known')),
    iif(json_at > 0, substr(content, 1, json_at - 1), content), created_at, 1, id
from (select *, iif(creator_user_id || creator_api_key_name || creator_workflow_name || creator_alert_title = '',
        instr(content, char(10) || '```json' || char(10) || '{"tocsin_decision":'), 0) as json_at
    from alert_note where alert_id = :id)
order by turn, at desc, id limit 11;
