-- sql/profile/categories_tail.sql
-- How often does each known category of a column occur that has more of them than are known?
--
-- in:  $rows NAME        the rows of a window
--      $column NAME      a text column
--      $known VARCHAR[]  the categories that are known by name
-- out: one row per known category that occurs, missing, and the rest
--      value VARCHAR   null for missing and for the rest
--      kind VARCHAR    category, missing or other
--      n DOUBLE        rows
with
counted as (
  select $column as value, count(*) as n from $rows group by value
),
told as (
  select case when value in (select unnest($known)) then value end as name, value, n from counted
)
select
  name as value,
  case when value is null then 'missing' when name is null then 'other' else 'category' end as kind,
  sum(n)::double as n
from told
group by name, kind
