-- sql/window/duplicates.sql
-- How many rows repeat the id of another?
--
-- in:  $rows NAME   the rows of a window
--      $ids NAMES   the columns that name a row, never null
-- out: one row
--      duplicates DOUBLE   rows beyond the first of their id
select coalesce(sum(n - 1), 0)::double as duplicates
from (select count(*) as n from $rows group by $ids)
