-- sql/window/duplicates_dense.sql
-- How many rows repeat the id of another, where ids are whole numbers that lie close together?
--
-- in:  $rows NAME    the rows of a window
--      $id NAME      the column that names a row, never null
--      $low DOUBLE   the smallest id, a whole number
--      $span DOUBLE  the largest less that, a whole number: one bit is kept for each number between
-- out: one row
--      duplicates DOUBLE   rows beyond the first of their id
select (count(*) - bit_count(bitstring_agg(($id - $low)::integer, 0, $span)))::double as duplicates
from $rows
