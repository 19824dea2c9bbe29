-- cache: the note in which a hub tells what it decided on an alert. Asked by whoever explains it.
select content from alert_note where alert_id = :alert_id and instr(content, '{"tocsin_decision":') > 0
order by created_at desc, id limit 1;
