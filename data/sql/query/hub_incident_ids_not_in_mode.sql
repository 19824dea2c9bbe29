-- hub: incidents of neither mode, for incident_mode of follow-ups and actions: few, for most incidents are standard.
select id from incident where mode not in (:mode, :other);
