-- sql/reference/cells.sql
-- Where do the categories of one column lie in a row of bits?
--
-- in:  $rows NAME     the rows of the reference
--      $column NAME   a column, read as text
--      $shift DOUBLE  a category lies at its hash without so many of the last bits
-- out: one row per bit that is set
--      cell DOUBLE
--      mark DOUBLE   what the engine makes of a text: another version may hash otherwise
select distinct
  (hash($column::varchar) >> $shift::integer)::double as cell,
  hash('aftercare')::double as mark
from $rows
where $column is not null
