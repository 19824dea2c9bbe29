-- cache: sync: who a member of the workspace is: a user of upstream, else as Slack said since a moment.
select name from user where slack_user_id = :id
union all
select name from slack_member where id = :id and asked_at >= :since
limit 1;
