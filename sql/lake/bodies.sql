-- sql/lake/bodies.sql
-- What do these evaluations say, beside the cells of their profiles?
--
-- in:  $files VARCHAR[]  Parquet files of evaluations, merged or not
--      $keys VARCHAR[]   the evaluations' own keys
--      $kinds VARCHAR[]  header | finding
-- out: one row for each header and finding; the findings of an evaluation in order
--      file VARCHAR
--      kind VARCHAR      header | finding
--      body VARCHAR      JSON
select file, kind, body
from read_parquet($files, union_by_name = true, hive_partitioning = false)
where list_contains($kinds::varchar[], kind) and file in (select unnest($keys::varchar[]))
order by file, kind, position
