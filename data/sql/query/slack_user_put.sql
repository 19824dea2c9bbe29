-- hub: who somebody is in Slack, as it said just now.
insert into slack_user (user_id, slack_user_id, problem, asked_at) values (:id, :slack_user_id, :problem, :now)
on conflict (user_id) do update set slack_user_id = excluded.slack_user_id, problem = excluded.problem,
    asked_at = excluded.asked_at;
