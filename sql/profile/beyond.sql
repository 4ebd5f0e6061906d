-- sql/profile/beyond.sql
-- How many values lie outside of what the reference has seen, where the axis ends before that?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   a numeric column
--      $min DOUBLE, $max DOUBLE   smallest and largest finite value of the reference
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row, none where no value does; all DOUBLE
--      below, above   rows; infinities are counted apart
--
-- The comparison stands alone: statistics of the files tell which rows need not be read for it.
select
  $keys
  count(*) filter (x < $min)::double as below,
  count(*) filter (x > $max)::double as above
from (select $keys $column::double as x from $rows)
where (x < $min or x > $max) and isfinite(x)
group by all
