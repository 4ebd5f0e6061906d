-- sql/profile/values.sql
-- How often does every single value of a numeric column occur?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   a numeric column
--      $most DOUBLE   so many values at most are told
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row per value; NaN and infinities are values here
--      value DOUBLE   null for missing
--      n DOUBLE       rows
select $keys value::double as value, n::double as n
from (
  select $keys $column as value, count(*) as n
  from $rows
  group by all
  limit $most::bigint
)
order by value
