-- cache: sync forgets former states that ended longer ago than the profile keeps them.
delete from version where valid_to < :before;
