-- cache: the console's timeline and `show`: how the pull requests attached to an incident are doing, the newest first.
select pull_request.summary, pull_request.title, pull_request.link
from incident_attachment as attached join pull_request on pull_request.link = attached.resource_permalink
where attached.incident_id = :incident_id and attached.resource_type = 'github_pull_request'
group by pull_request.link
order by max(attached.key) desc
limit 20;
