-- sql/profile/atoms.sql
-- How often do the heavy values of one column occur?
--
-- in:  $rows NAME       the rows of a window
--      $column NAME     a numeric column
--      $atoms DOUBLE[]  at most 16 values
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row per value that occurs, all DOUBLE
--      atom   the value
--      n      rows
select $keys $column::double as atom, count(*)::double as n
from $rows
where $column::double in (select unnest($atoms))
group by all
