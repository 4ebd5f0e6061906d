-- sql/probe/skew.sql
-- How often does a row differ from the row of its id that the model learnt from?
--
-- in:  $rows NAME   re-joined rows with BOOLEAN columns d0, d1, …: the values differ
-- out: one row
--      joined DOUBLE    rows with both sides
--      d0, d1, … DOUBLE   rows whose values differ
select joined::double as joined, columns('^d[0-9]+$')::double
from (select count(*) as joined, count_if(columns('^(d[0-9]+)$')) as '\1' from $rows)
