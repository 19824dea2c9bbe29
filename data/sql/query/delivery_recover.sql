-- hub: attempts of an earlier life, of which nobody knows how they ended.
update delivery set state = iif(unwanted, 'failed', 'queued'), finished_at = iif(unwanted, :now, 0), in_doubt = 1
where state = 'sending';
