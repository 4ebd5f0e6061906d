-- sql/window/unit.sql
-- How large are the numbers that stand for times?
--
-- in:  $rows NAME     a relation
--      $column NAME   a numeric column: seconds, milliseconds, micro- or nanoseconds since 1970
-- out: one row
--      largest DOUBLE   the largest absolute value, null without values
select max(abs($column::double))::double as largest
from $rows
where isfinite($column::double)
