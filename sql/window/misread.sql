-- sql/window/misread.sql
-- How many values of a column cannot be read as the number that it should hold?
--
-- in:  $rows NAME     the rows of a window, with the column as it was delivered
--      $column NAME   the column
-- out: one row
--      n DOUBLE   values that are there and no number
select (count($column) - count(try_cast($column as double)))::double as n
from $rows
