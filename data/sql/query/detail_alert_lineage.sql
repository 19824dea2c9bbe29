-- cache: the console's detail of an alert: the graph around its node, from the attribute that holds {"up": […], "down": […]}: a
-- dozen each way, those that fail before others, the nearest next to the node; then the exposures that it reaches, and whose.
with lineage as materialized (
    select literal, node from alert join alert_attribute_entry on parent_id = alert.id
    where alert.id = :id and case when literal glob '{*' and length(literal) <= 65536 and json_valid(literal)
        then json_type(literal, '$.up') = 'array' or json_type(literal, '$.down') = 'array' end
    order by position limit 1),
firing as materialized (
    select id, node, severity_digit from alert where status = 'firing' and node <> '' and id <> :id
        and exists (select 1 from lineage)
    order by created_at desc limit 500),
named as (
    select way, id, nearness, iif(instr(rest, '.'), substr(rest, instr(rest, '.') + 1), id) as name
    from (select way, id, min(nearness) as nearness, substr(id, instr(id, '.') + 1) as rest
        from (select 'up' as way, value as id, key as nearness from lineage, json_each(literal, '$.up')
            where type = 'text' and typeof(key) = 'integer' and value <> '' limit 200)
        group by id
        union all
        select way, id, min(nearness), substr(id, instr(id, '.') + 1)
        from (select 'down' as way, value as id, key as nearness from lineage, json_each(literal, '$.down')
            where type = 'text' and typeof(key) = 'integer' and value <> '' limit 200)
        group by id)),
marked as (
    select way, id, name, nearness,
        (select firing.id from firing where firing.node in (named.id, named.name)
            order by severity_digit = 0, severity_digit, firing.id limit 1) as alert_id
    from named where id not glob 'exposure.*' and name <> (select node from lineage) and id <> (select node from lineage)),
placed as (
    select *, row_number() over (partition by way order by alert_id is null, nearness) as turn,
        count(*) over (partition by way) as total
    from marked),
drawn as (
    select way, iif(way = 'up', -1 - nearness, 1 + nearness) as line, substr(name, 1, 80) || case when alert_id is null then ''
            when severity_digit then '  S' || severity_digit || ' firing' else '  F firing' end as text,
        coalesce('alert/' || alert_id, '') as ref,
        case when alert_id is null then 0 when severity_digit between 1 and 4 then severity_digit else 11 end as tone
    from placed left join firing on firing.id = alert_id where turn <= 12
    union all
    select way, iif(way = 'up', -1000000, 1000000), 'and ' || (total - 12) || ' more', '', 0
    from placed where turn = 13
    union all
    select 'here', 0, coalesce(nullif(substr(node, 1, 80), ''), 'this'), '', 5 from lineage
        where exists (select 1 from marked)),
exposure as (
    select substr(name, 1, 80) as name, max(owner) as owner, max(url) as url
    from (select substr(name, 1 + 9 * (name glob 'exposure.*')) as name, '' as owner, '' as url
        from named where id glob 'exposure.*'
        union all
        select coalesce(cast(value ->> 'name' as text), ''), coalesce(cast(value ->> 'owner' as text), ''),
            coalesce(cast(value ->> 'url' as text), '')
        from (select value from lineage, json_each(literal, '$.exposures') where type = 'object' limit 100))
    where name <> '' group by name order by name)
select section, label, text, ref, link, tone
from (select 'Lineage' as section, iif(line = min(line) over (partition by way), way, '') as label,
        case when way = 'here' then '*  ' when way = 'up' and line = min(line) over () then '/- '
            when way = 'down' and line = max(line) over () then '\- ' else '|- ' end || text as text,
        ref, '' as link, tone, 0 as part, line
    from drawn
    union all
    select * from (select 'Lineage', iif(row_number() over (order by name) = 1, 'reaches', ''),
        name || iif(owner <> '', ', of ' || substr(owner, 1, 80), ''), '', url, 0, 1, row_number() over (order by name)
    from exposure limit 12))
order by part, line;
