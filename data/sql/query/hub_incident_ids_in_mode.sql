-- hub: incidents of a mode, for incident_mode of follow-ups and actions.
select id from incident where mode = :mode;
