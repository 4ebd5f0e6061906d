-- sql/lake/counts.sql
-- Which counts have the profiles of these evaluations? (unnest the lists to see the cells.)
--
-- in:  $files VARCHAR[]    Parquet files of evaluations, merged or not
--      $keys VARCHAR[]     the evaluations' own keys
--      $parts VARCHAR[]    columns | outcomes | asked | coarse | sliced
--      $columns NAMES      of the lists: int_…, text_…, sum_…
-- out: one row for each of the counts
--      file VARCHAR
--      counts INTEGER      their number in the evaluation
--      …                   $columns: INTEGER[], VARCHAR[] or DOUBLE[]; null: not of these counts
select file, counts, $columns
from read_parquet($files, union_by_name = true, hive_partitioning = false)
where kind = 'counts' and list_contains($parts, part) and file in (select unnest($keys::varchar[]))
