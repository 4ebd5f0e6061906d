-- sql/window/extent.sql
-- Do all rows of the files belong to the window? Answered from the footers of Parquet files.
--
-- in:  $rows NAME   a relation of one row: rows, inside BOOLEAN, newest
-- out: one row
--      rows DOUBLE      rows of the files
--      inside BOOLEAN   every row has its id and a time in the window; null without rows
--      newest DOUBLE    epoch milliseconds, null without rows
select rows::double as rows, inside, newest::double as newest
from $rows
