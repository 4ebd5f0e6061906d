-- sql/profile/present.sql
-- How many rows have a value in one column?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   any column
-- out: one row, all DOUBLE
--      rows      rows
--      present   rows that are not null
select count(*)::double as rows, count($column)::double as present
from $rows
