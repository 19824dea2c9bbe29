-- hub: how many of some escalations are not over, so that their group needs no other one.
select count(*) from escalation where id in (select value from json_each(:ids))
    and status not in ('resolved', 'expired', 'cancelled');
