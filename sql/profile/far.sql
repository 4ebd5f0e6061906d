-- sql/profile/far.sql
-- What are the values that lie too far from the axis for a cell, or are not finite?
--
-- in:  $rows NAME      the rows of a window
--      $column NAME    a numeric column
--      $centre DOUBLE, $inverse_width DOUBLE   as in numeric.sql
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row per kind
--      kind VARCHAR   under, over or not_finite
--      n DOUBLE       rows
--      sum DOUBLE     of value - centre; 0 for values that are not finite
select
  $keys
  kind,
  count(*)::double as n,
  sum(case when kind = 'not_finite' then 0 else d end)::double as sum
from (
  select
    $keys
    x - $centre as d,
    case
      when not isfinite(x) then 'not_finite'
      when x < $centre then 'under'
      else 'over'
    end as kind
  from (select $keys $column::double as x from $rows)
  where x is not null and try_cast((x - $centre) * $inverse_width as smallint) is null
)
group by $keys kind
