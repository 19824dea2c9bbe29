-- hub: a post-mortem document was written, or written anew.
insert into postmortem_content (id, markdown) values (:id, :markdown)
on conflict (id) do update set markdown = excluded.markdown;
