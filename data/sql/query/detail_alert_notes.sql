-- cache: the console's detail of an alert: its description, then its notes, newest first. What a hub decided is told without
-- its JSON.
select '' as heading, coalesce(json_extract(json, '$.description'), '') as text, 0 as at, 0 as turn, '' as id
from alert where id = :id
union all
select iif(instr(content, '{"tocsin_decision":') > 0, 'Why', 'Note by ' || coalesce(nullif(creator_user_name, ''),
        nullif(creator_api_key_name, ''), nullif(creator_workflow_name, ''), 'nobody known')),
    iif(instr(content, '{"tocsin_decision":') > 0, substr(content, 1, instr(content, '```json') - 1), content),
    created_at, 1, id
from alert_note where alert_id = :id
order by turn, at desc, id limit 11;
