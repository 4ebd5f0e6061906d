-- sql/reference/span.sql
-- Which time do the rows of a reference cover?
--
-- in:  $rows NAME   a relation with time_ms DOUBLE
-- out: one row; null without rows
--      oldest, newest DOUBLE   epoch milliseconds
select min(time_ms)::double as oldest, max(time_ms)::double as newest
from $rows
