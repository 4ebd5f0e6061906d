-- sql/probe/days.sql
-- How many rows came on each day?
--
-- in:  $times NAME   a relation of time_ms DOUBLE, null where it is no time, and id VARCHAR
-- out: one row per day of UTC with rows, oldest first
--      day_ms DOUBLE   its start
--      rows DOUBLE     its rows with a time
--      ids DOUBLE      how many different ids they have
--      newest DOUBLE   the latest time of the day
select
  (floor(time_ms / 86400000) * 86400000)::double as day_ms,
  count(*)::double as rows,
  count(distinct id)::double as ids,
  max(time_ms)::double as newest
from $times
where time_ms is not null
group by 1
order by 1
