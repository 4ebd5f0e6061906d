-- sql/lake/bodies.sql
-- What do these evaluations say, beside the cells of their profiles?
--
-- in:  $files VARCHAR[]  Parquet files of evaluations, merged or not
--      $keys VARCHAR[]   the evaluations' own keys
--      $kinds VARCHAR[]  header | finding
--      $checks VARCHAR[] those of the findings; null: of all checks
-- out: one row for each header and finding; the findings of an evaluation in order
--      file VARCHAR
--      kind VARCHAR      header | finding
--      body VARCHAR      JSON
select file, kind, body
from read_parquet($files, union_by_name = true, hive_partitioning = false)
where list_contains($kinds::varchar[], kind) and file in (select unnest($keys::varchar[]))
  and (kind <> 'finding' or $checks::varchar[] is null or list_contains($checks::varchar[], "check"))
order by file, kind, position
