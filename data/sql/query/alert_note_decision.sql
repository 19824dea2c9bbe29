-- cache: the note in which a hub tells what it decided on an alert: nobody's, for people's say what they like. Asked by whoever
-- explains it.
select content from alert_note
where alert_id = :alert_id and instr(content, '{"tocsin_decision":') > 0
    and creator_user_id || creator_api_key_name || creator_workflow_name || creator_alert_title = ''
order by created_at desc, id limit 1;
