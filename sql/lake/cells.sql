-- sql/lake/cells.sql
-- Which cells have the profiles of these evaluations, of one form (the same keys and sums)?
--
-- in:  $files VARCHAR[]    Parquet files of evaluations, merged or not
--      $keys VARCHAR[]     the evaluations' own keys
--      $signature VARCHAR  the form
--      $parts VARCHAR[]    columns | outcomes | asked
--      $columns NAMES      the columns of that form: int_…, text_…, sum_…
-- out: one row for each cell
--      file VARCHAR
--      counts INTEGER      which counts of the evaluation
--      cell INTEGER        its place among them, from 0
--      …                   $columns: INTEGER, VARCHAR or DOUBLE
select file, counts, cell, $columns
from read_parquet($files, union_by_name = true, hive_partitioning = false)
where
  kind = 'cell'
  and signature = $signature
  and list_contains($parts, part)
  and list_contains($keys, file)
