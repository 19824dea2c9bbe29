-- cache: sync, of what happened to a pull request: kept for the timeline, whatever GitHub says later.
insert or ignore into pull_request_event (link, id, at, who, text) values (:link, :id, :at, :who, :text);
