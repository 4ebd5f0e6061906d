-- sql/reference/range.sql
-- Between which values does one numeric column lie?
--
-- in:  $rows NAME     the rows of the reference
--      $column NAME   a numeric column
-- out: one row, all DOUBLE; null without values. NaN is larger than all others
--      smallest, largest
--
-- Without a filter: it would cost twice as much, and few columns have values that are not finite.
select min($column)::double as smallest, max($column)::double as largest
from $rows
