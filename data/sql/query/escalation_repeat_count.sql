-- hub: a node of a path is about to send an escalation back: how often by now.
insert into escalation_repeat (escalation_id, node_id, times) values (:escalation_id, :node_id, 1)
on conflict (escalation_id, node_id) do update set times = times + 1 returning times;
