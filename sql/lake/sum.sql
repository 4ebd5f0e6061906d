-- sql/lake/sum.sql
-- How many rows has a Parquet file, and which ones, whatever their order?
--
-- in:  $file VARCHAR   a Parquet file
-- out: one row
--      rows DOUBLE
--      sum VARCHAR     of the rows' hashes, a whole number in digits: equal for equal rows; sums of
--                      files may be added up
select
  count(*)::double as rows,
  coalesce(sum(hash("the whole row")), 0)::varchar as sum
from read_parquet([$file]) as "the whole row"
