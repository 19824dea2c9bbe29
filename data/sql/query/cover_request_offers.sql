-- hub: the offers to cover a shift with one more, each person once.
select case when exists (select 1 from json_each(:offers) as offer where json_extract(offer.value, '$.id') = :id)
    then :offers
    else json_insert(:offers, '$[#]', json_object('id', :id, 'name', :name, 'offered_at', :offered_at)) end;
