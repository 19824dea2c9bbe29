-- hub: an attempt begins; what comes of it is not known from here on.
update delivery set state = 'sending', attempts = attempts + 1 where id = :id;
