-- hub: what is not wanted any more and was not sent yet.
update delivery set state = 'failed', finished_at = :now, answer = :answer where about = :about and state = 'queued';
