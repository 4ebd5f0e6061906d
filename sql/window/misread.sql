-- sql/window/misread.sql
-- How many values of columns cannot be read as the numbers that they should hold?
--
-- in:  $rows NAME       the rows of a window, with the columns as they were delivered
--      $columns NAMES   the columns, all text
-- out: one row for each column with such a value
--      name VARCHAR   the column
--      n DOUBLE       values that are there and no number
select name::varchar as name, count(*)::double as n
from (unpivot (select $columns from $rows) on columns(*) into name name value text)
where try_cast(text as double) is null
group by name
