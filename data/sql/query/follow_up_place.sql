-- cache: the console's follow-up pane: where an outstanding follow-up stands in the list now.
select due_at = 0 as undated, due_at from follow_up where id = :id and status = 'outstanding';
