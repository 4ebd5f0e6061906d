-- sql/profile/count.sql
-- How many rows are there?
--
-- in:  $rows NAME   a relation
-- out: one row
--      rows DOUBLE
select count(*)::double as rows
from $rows
