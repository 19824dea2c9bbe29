-- hub: incidents where somebody has a role, for incident_role[ID][is_blank].
select parent_id from incident_role_assignment where role_id = :role and assignee_id <> '';
