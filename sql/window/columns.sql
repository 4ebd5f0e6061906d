-- sql/window/columns.sql
-- Which columns does a relation have?
--
-- in:  $view NAME   a view or table of this instance
-- out: one row per column, in the order of the relation
--      name VARCHAR
--      type VARCHAR   as DuckDB names it
select column_name::varchar as name, column_type::varchar as type
from (describe $view)
