-- cache: the past: the former states of a kind that were the present ones at a moment.
select json, valid_from from version
where kind = :kind and valid_to > :at and valid_from <= :at
order by valid_to;
