-- sql/performance/faults.sql
-- What is wrong with the labels of a window's predictions?
--
-- in:  $labels NAME   as labels.sql made it
-- out: one row, all DOUBLE
--      duplicates    labels beyond the first of their key
--      conflicting   keys with different labels
select
  coalesce(sum(n - 1), 0)::double as duplicates,
  count(*) filter (kinds > 1)::double as conflicting
from $labels
