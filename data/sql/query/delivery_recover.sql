-- hub: attempts of an earlier life, of which nobody knows how they ended.
update delivery set state = 'queued', in_doubt = 1 where state = 'sending';
