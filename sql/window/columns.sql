-- sql/window/columns.sql
-- Which columns does a relation have?
--
-- in:  $view VARCHAR   a view of this instance
-- out: one row per column, in the order of the relation
--      name VARCHAR
--      type VARCHAR   as DuckDB names it
select column_name::varchar as name, data_type::varchar as type
from duckdb_columns()
where table_name = $view
order by column_index
