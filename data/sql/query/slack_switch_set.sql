-- hub: whether new incidents get a channel.
update slack_switch set channels = :channels where channels <> :channels;
