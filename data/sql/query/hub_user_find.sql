-- hub: the person whom a request names, by whichever of the three it has ('' = not by that).
select id from user
where (:id <> '' and id = :id) or (:email <> '' and email = :email collate nocase)
    or (:slack_user_id <> '' and slack_user_id = :slack_user_id)
limit 1;
