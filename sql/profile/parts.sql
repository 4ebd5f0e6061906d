-- sql/profile/parts.sql
-- Which values has a column that parts the rows, the largest ones first?
--
-- in:  $rows NAME     the rows of a side
--      $column NAME   the column
--      $most DOUBLE   so many are told
-- out: one row per value
--      value VARCHAR
--      n DOUBLE   rows
select $column::varchar as value, count(*)::double as n
from $rows
where $column is not null
group by all
order by n desc, value
limit $most::bigint
