-- sql/profile/numbers_listed.sql
-- What are the values of one numeric column, all at once?
--
-- in:  $rows NAME     the rows of a side
--      $column NAME   a numeric column
-- out: one row
--      value DOUBLE[]   one for each row that has a value, in any order, NaN and infinities among
--                       them; null where no row has one
select list($column::double) as value
from $rows
where $column is not null
