-- sql/reference/distinct_exact.sql
-- How many different values has one column?
--
-- in:  $rows NAME     the rows of the reference, or a sample of them
--      $column NAME   a column
-- out: one row, all DOUBLE
--      distinct   different values
--      present    rows that have one
select count(distinct $column)::double as distinct, count($column)::double as present
from $rows
