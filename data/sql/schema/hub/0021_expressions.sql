-- Events of other shapes come as they are and are transformed when their turn comes; what became of each attribute is kept.
alter table alert_event add column payload text not null default ''; -- as sent, JSON; '' = the event is in our own shape
alter table alert_event add column attributes text not null default ''; -- JSON: expression, value or reason of each
-- A source's events are worked on in their order, sources beside each other.
drop index alert_event_waiting;
create index alert_event_waiting on alert_event (alert_source_id, id) where processed_at = 0;
