-- hub: somebody was asked into an incident's channel.
insert into slack_invited (incident_id, slack_user_id, problem) values (:incident_id, :slack_user_id, :problem)
on conflict (incident_id, slack_user_id) do update set problem = excluded.problem;
