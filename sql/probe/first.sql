-- sql/probe/first.sql
-- What do the first values of a column look like?
--
-- in:  $rows NAME   a relation with value
-- out: at most 1,000 rows
--      value VARCHAR   never null
select value::varchar as value
from $rows
where value is not null
limit 1000
