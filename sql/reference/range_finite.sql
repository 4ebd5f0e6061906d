-- sql/reference/range_finite.sql
-- Between which finite values does one numeric column lie?
--
-- in:  $rows NAME     the rows of the reference
--      $column NAME   a numeric column
-- out: one row, all DOUBLE; null without finite values
--      smallest, largest
select min(x)::double as smallest, max(x)::double as largest
from (select $column::double as x from $rows)
where isfinite(x)
