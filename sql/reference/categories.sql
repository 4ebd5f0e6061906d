-- sql/reference/categories.sql
-- Which categories does one column have?
--
-- in:  $rows NAME     the rows of the reference
--      $column NAME   a column, read as text
--      $most DOUBLE   so many are told
-- out: one row per category, the most frequent first
--      value VARCHAR
--      distinct DOUBLE   different categories
--      present DOUBLE    rows that have one
--      once DOUBLE       categories of one row
with
counted as (
  select $column::varchar as value, count(*) as n
  from $rows
  where $column is not null
  group by all
)
select
  value,
  count(*) over ()::double as distinct,
  sum(n) over ()::double as present,
  count_if(n = 1) over ()::double as once
from counted
order by n desc, value
limit $most::bigint
