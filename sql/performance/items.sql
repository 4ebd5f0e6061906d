-- sql/performance/items.sql
-- How often is each item shown, and in how many of these rows with a positive label?
--
-- in:  $joined NAME    one row a prediction: item VARCHAR (null: none), positive BOOLEAN
--      $named DOUBLE   so many items keep their name, those shown most
-- out: one row per item with a name, and one per number of rows that each of some others has
--      item VARCHAR    null of others
--      n DOUBLE, positives DOUBLE   rows, and those with a positive label
--      items DOUBLE    how many items
with
counted as (
  select item, count(*) as n, count(*) filter (positive) as positives
  from $joined
  where item is not null
  group by item
),
placed as (
  select *, row_number() over (order by n desc, item) <= $named as is_named
  from counted
)
select
  any_value(item) filter (is_named) as item,
  sum(n)::double as n,
  sum(positives)::double as positives,
  count(*)::double as items
from placed
group by n, case when is_named then item end, is_named
order by max(n) desc, item
