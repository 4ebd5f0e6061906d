-- sql/profile/numbers.sql
-- What are the values of one numeric column, row by row?
--
-- in:  $rows NAME     the rows of a side
--      $column NAME   a numeric column
-- out: one row per row that has a value, in any order
--      value DOUBLE   NaN and infinities among them
select $column::double as value
from $rows
where $column is not null
