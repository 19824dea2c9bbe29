-- hub: an escalation that nothing can be made of now is looked at again later.
update escalation_run set due_at = :due_at where escalation_id = :escalation_id;
