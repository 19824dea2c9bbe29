-- hub: whose turn it is at a level that takes turns.
insert into escalation_turn (node, turn) values (:node, 0)
on conflict (node) do update set turn = turn + 1 returning turn;
