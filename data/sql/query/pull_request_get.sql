-- cache: sync, before it asks GitHub for a pull request again: what is known of it.
select * from pull_request where link = :link;
