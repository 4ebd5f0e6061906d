-- sql/lake/merge.sql
-- How do many evaluations become one file? Their rows, unchanged, and no others.
--
-- in:  $path VARCHAR     the file to be made
--      $files VARCHAR[]  Parquet files of evaluations, merged or not
--      $keys VARCHAR[]   the evaluations' own keys
-- out: writes the file; the rows of the evaluations, by evaluation, in small row groups, so that
--      reading one evaluation skips most of the others
copy (
  select *
  from read_parquet($files, union_by_name = true, hive_partitioning = false)
  where file in (select unnest($keys::varchar[]))
  order by file, kind, counts, position
) to $path (format parquet, compression zstd, row_group_size 2048)
