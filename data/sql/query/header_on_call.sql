-- cache: the console's header: final shifts of every schedule that are on now or begin within two weeks, those on now first.
select schedule.name as schedule, entry.user_id, entry.user_name, entry.start_at, entry.end_at
from schedule
left join schedule_entry as entry
    on entry.schedule_id = schedule.id and entry.list = 'final'
    and entry.start_at > :now - 60 * 86400000 and entry.start_at < :now + 14 * 86400000
    and entry.end_at > :now and entry.user_id <> ''
order by schedule.name, schedule.id, entry.start_at, entry.end_at
limit 400;
