-- sql/probe/column.sql
-- What does a column hold?
--
-- in:  $rows NAME     a relation
--      $column NAME   any column of it
-- out: one row
--      known DOUBLE     rows with a value
--      low DOUBLE       the least value as a number, null when none is one
--      high DOUBLE      the greatest
--      apart DOUBLE     about how many different values there are
--      some VARCHAR     JSON: the first seven distinct values as texts, in their order
select
  count($column)::double as known,
  approx_count_distinct($column)::double as apart,
  min(try_cast($column::varchar as double)) as low,
  max(try_cast($column::varchar as double)) as high,
  (
    select coalesce(to_json(list(value order by value)), '[]')::varchar
    from (select distinct $column::varchar as value from $rows where $column is not null limit 7)
  ) as some
from $rows
