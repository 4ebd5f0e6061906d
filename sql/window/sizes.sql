-- sql/window/sizes.sql
-- How many numbers do the vectors of a column have?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   a column of lists
--      $most DOUBLE   so many sizes are told by themselves
-- out: one row per size, the most frequent first, and one of all others
--      size VARCHAR   `other` for all others
--      n DOUBLE       rows
with counted as (
  select len($column) as size, count(*) as n from $rows where $column is not null group by all
),
ranked as (
  select size, n, row_number() over (order by n desc, size) as place from counted
)
select
  case when place <= $most then size::varchar else 'other' end as size,
  sum(n)::double as n
from ranked
group by all
order by min(place)
