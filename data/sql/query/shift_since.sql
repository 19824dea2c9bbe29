-- cache: since when the person's present shift goes on, or when the last one began.
select max(start_at) from schedule_entry
where list = 'final' and user_email = :email collate nocase and start_at <= :now;
