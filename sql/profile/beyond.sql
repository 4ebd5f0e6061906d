-- sql/profile/beyond.sql
-- How many values lie outside of what the reference has seen, where the axis ends before that?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   a numeric column
--      $min DOUBLE, $max DOUBLE   smallest and largest finite value of the reference
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row, all DOUBLE
--      below, above   rows; infinities are counted apart
select
  $keys
  count(*) filter (x < $min and isfinite(x))::double as below,
  count(*) filter (x > $max and isfinite(x))::double as above
from (select $keys $column::double as x from $rows)
group by all
