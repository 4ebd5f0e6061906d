-- sql/window/improbable.sql
-- How many scores that should be probabilities lie beyond 0 and 1?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   the score, a number
-- out: one row
--      n DOUBLE   finite scores below 0 or above 1, by more than what numbers are rounded by
select
  (count(*) filter (where isfinite($column::double) and $column not between -1e-9 and 1 + 1e-9))
    ::double as n
from $rows
