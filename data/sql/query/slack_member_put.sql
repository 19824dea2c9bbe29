-- cache: sync, when Slack said who a member of the workspace is.
insert or replace into slack_member (id, name, asked_at) values (:id, :name, :asked_at);
