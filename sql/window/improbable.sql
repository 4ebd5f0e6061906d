-- sql/window/improbable.sql
-- How many scores that should be probabilities lie beyond 0 and 1?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   the score, a number
-- out: one row
--      n DOUBLE   finite scores below 0 or above 1, by more than what numbers are rounded by
--
-- The comparison stands alone: statistics of the files tell which rows need not be read for it.
select count(*)::double as n
from $rows
where ($column < -1e-9 or $column > 1 + 1e-9) and isfinite($column::double)
