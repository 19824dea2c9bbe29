-- What the action was given, as it is typed behind its name: a write that is not sent yet can be said in another way.
alter table outbox add column argument text not null default '';
