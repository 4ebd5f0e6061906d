-- sql/profile/beyond.sql
-- How many values lie outside of what the reference has seen, where the axis ends before that?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   a numeric column
--      $min DOUBLE, $max DOUBLE   smallest and largest finite value of the reference
-- out: one row, all DOUBLE
--      below, above   rows; infinities are counted apart
select
  count(*) filter (x < $min and isfinite(x))::double as below,
  count(*) filter (x > $max and isfinite(x))::double as above
from (select $column::double as x from $rows)
