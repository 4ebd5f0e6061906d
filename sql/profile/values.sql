-- sql/profile/values.sql
-- How often does every single value of a numeric column occur?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   a numeric column
-- out: one row per value; NaN and infinities are values here
--      value DOUBLE   null for missing
--      n DOUBLE       rows
select value, count(*)::double as n
from (select $column::double as value from $rows)
group by value
order by value
