-- sql/reference/weights.sql
-- What do the rows of a reference weigh, in levels of weights that are alike?
--
-- in:  $rows NAME      the rows of a reference
--      $column NAME    what a row weighs, a number
--      $most DOUBLE    as many weights as these are levels of their own; of more, levels are as wide
--                      as each other in their logarithm
-- out: one row per level, lowest weights first, all DOUBLE; none without a weight in (0, 1e100]
--      least, largest   weights, both within the level
--      n                rows
--      weights, squares   of the weights and their squares
with
counted as (
  select $column::double as w, count(*) as n
  from $rows
  where $column::double > 0 and $column::double <= 1e100
  group by all
),
ends as (
  select min(w) as low, max(w) as high, count(*) as weights
  from counted
),
placed as (
  select
    w,
    n,
    case
      when weights <= $most then row_number() over (order by w)
      else least($most, 1 + floor($most * ln(w / low) / ln(high / low)))
    end as level
  from counted, ends
)
select
  min(w)::double as least,
  max(w)::double as largest,
  sum(n)::double as n,
  sum(n * w)::double as weights,
  sum(n * w * w)::double as squares
from placed
group by level
order by level
