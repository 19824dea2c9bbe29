-- cache: the console's status line: what became of an alert that left the list, or moved in it.
select iif(status = 'resolved', 'resolved', '') as what, resolved_at, status = 'resolved' as is_over, title
from alert where id = :id;
