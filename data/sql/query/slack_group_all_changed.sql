-- hub: Slack's settings are new: every group is looked at.
update slack_group set changed = 1;
