-- hub: a write that deletes a schedule: which escalation path would page nobody then.
select name from escalation_path where instr(json, '"' || :schedule_id || '"') > 0 order by name limit 1;
