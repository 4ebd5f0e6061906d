-- sql/reference/atoms.sql
-- Which values of one numeric column are so frequent that they need a bin of their own?
--
-- in:  $rows NAME      the rows of the reference
--      $column NAME    a numeric column
--      $least DOUBLE   share of the finite values from which a value is heavy
--      $most DOUBLE    how many are wanted
-- out: one row per heavy value, the most frequent first
--      atom DOUBLE
with
counted as (
  select x, count(*) as n
  from (select $column::double as x from $rows)
  where isfinite(x)
  group by x
)
select x as atom
from counted
where n >= $least * (select sum(n) from counted)
order by n desc, x
limit $most::bigint
