-- sql/reference/distinct.sql
-- How many different values has one column, more or less?
--
-- in:  $rows NAME     the rows of the reference
--      $column NAME   a column
-- out: one row, all DOUBLE
--      distinct   different values, a few percent off; the same for the same values in any order
--      present    rows that have one
select approx_count_distinct($column)::double as distinct, count($column)::double as present
from $rows
