-- sql/performance/groups.sql
-- How many rows has each group, how many of them were acted on, and how many are positive?
--
-- in:  $joined NAME    one row a prediction: group_name VARCHAR (null: none), decided BOOLEAN,
--                      positive BOOLEAN
--      $named DOUBLE   so many groups keep their name, those with most rows
-- out: one row per group with a name, and one for all others
--      group_name VARCHAR   null of others
--      n DOUBLE, decisions DOUBLE, positives DOUBLE   rows, those acted on, those with a positive label
with
counted as (
  select
    group_name,
    count(*) as n,
    count(*) filter (decided) as decisions,
    count(*) filter (positive) as positives
  from $joined
  where group_name is not null
  group by group_name
),
placed as (
  select *, row_number() over (order by n desc, group_name) <= $named as is_named
  from counted
)
select
  case when is_named then group_name end as group_name,
  sum(n)::double as n,
  sum(decisions)::double as decisions,
  sum(positives)::double as positives
from placed
group by all
order by n desc, group_name
