-- hub: nothing will happen to an escalation any more.
delete from escalation_run where escalation_id = :escalation_id;
