-- sql/window/span.sql
-- Between which values lie the ids of a window? Answered from the footers of Parquet files.
--
-- in:  $rows NAME   the rows of a window
--      $id NAME     a column of whole numbers, never null
-- out: one row; null without rows
--      low DOUBLE    the smallest
--      span DOUBLE   the largest less that
select min($id)::double as low, max($id)::double - min($id)::double as span
from $rows
