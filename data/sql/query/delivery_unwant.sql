-- hub: what is under way and not wanted any more is not tried again.
update delivery set unwanted = 1 where about = :about and state = 'sending';
