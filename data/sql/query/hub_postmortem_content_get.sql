-- hub: what was written in a post-mortem document. Asked for its content.
select markdown from postmortem_content where id = :id;
