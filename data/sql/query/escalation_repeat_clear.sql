-- hub: an escalation begins anew, or is over.
delete from escalation_repeat where escalation_id = :escalation_id;
