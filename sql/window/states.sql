-- sql/window/states.sql
-- How many rows of the files belong to the window, and why not the others?
--
-- in:  $rows NAME   a relation with state VARCHAR and time_ms DOUBLE, one row per row of the files
-- out: one row per state
--      state VARCHAR   accepted, timeless, nameless, future, outside, shadow, neither, elsewhere
--      n DOUBLE        rows
--      newest DOUBLE   largest time_ms, null without one
select state, count(*)::double as n, max(time_ms)::double as newest
from $rows
group by state
