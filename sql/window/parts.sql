-- sql/window/parts.sql
-- How many rows has each part?
--
-- in:  $rows NAME   the rows of a window
--      $part NAME   the column that names the part
-- out: one row per part
--      part DOUBLE
--      n DOUBLE     rows
select $part::double as part, count(*)::double as n
from $rows
group by $part
