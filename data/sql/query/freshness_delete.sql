-- cache: sync, of a source that is no longer asked for: without a token there is no GitHub.
delete from freshness where resource = :resource;
