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
--      sum DOUBLE     of value - centre; 0 for values that are not finite, as the squares
--      squares DOUBLE, cubes DOUBLE   of those of value - centre; infinite where a double ends
--
-- Far from the centre the rounding of every step adds up to more than the values differ: fsum.
select
  $keys
  kind,
  count(*)::double as n,
  case when isfinite(sum(square)) then fsum(d) else sum(d) end::double as sum,
  case when isfinite(sum(square)) then fsum(square) else 'infinity' end::double as squares,
  case when isfinite(sum(square * d)) then fsum(square * d) else 'infinity' end::double as cubes
from (
  select
    $keys
    case when isfinite(x) then x - $centre else 0 end as d,
    case when isfinite(x) then (x - $centre) * (x - $centre) else 0 end as square,
    case
      when not isfinite(x) then 'not_finite'
      when x < $centre then 'under'
      else 'over'
    end as kind
  from (select $keys $column::double as x from $rows)
  where x is not null and try_cast((x - $centre) * $inverse_width as smallint) is null
)
group by $keys kind
