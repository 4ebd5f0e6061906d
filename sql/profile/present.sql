-- sql/profile/present.sql
-- How many rows have a value in one column?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   any column
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row, all DOUBLE
--      rows      rows
--      present   rows that are not null
select $keys count(*)::double as rows, count($column)::double as present
from $rows
group by all
