-- sql/window/files_without.sql
-- Which Parquet files lack a column?
--
-- in:  $files VARCHAR[]   Parquet files
--      $column VARCHAR    a column of the top level
-- out: one row per file that lacks it
--      file VARCHAR
--      columns VARCHAR   the columns that it has
select
  file_name::varchar as file,
  string_agg(name, ', ')::varchar as columns
from parquet_schema($files)
-- The root of a schema is no column.
where type is not null or converted_type is not null or num_children is null
group by file_name
having not bool_or(name = $column)
order by file_name
