-- hub: incidents where a person has a role, for incident_role[ID][one_of].
select parent_id from incident_role_assignment where role_id = :role and assignee_id = :value;
