-- sql/window/columns.sql
-- Which columns does a relation have?
--
-- in:  $view VARCHAR   a view or table of this instance
-- out: one row per column, in the order of the relation
--      name VARCHAR
--      type VARCHAR   as DuckDB names it
select name::varchar as name, type::varchar as type
from pragma_table_info($view)
order by cid
