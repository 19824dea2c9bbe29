-- hub: who somebody is in Slack.
select slack_user_id, problem, asked_at from slack_user where user_id = :id;
