-- sql/window/keys.sql
-- Which keys do the objects of JSON lines have, and how many lines are no object?
--
-- in:  $rows NAME   a relation with json JSON, null where a line could not be read
-- out: one row per key
--      name VARCHAR   null for the lines that could not be read
--      n DOUBLE       lines
select name::varchar as name, count(*)::double as n
from (
  select unnest(case when json_type(json) = 'OBJECT' then json_keys(json) else [null] end) as name
  from $rows
)
group by name
order by n desc, name
