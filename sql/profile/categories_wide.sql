-- sql/profile/categories_wide.sql
-- How often does each category of one column with many categories occur?
--
-- in:  $rows NAME        the rows of a window
--      $column NAME      a column of categories
--      $known VARCHAR[]  the categories of the reference
--      $named DOUBLE     so many other categories keep their name, the most frequent ones
-- out: one row per known category that occurs, named other category, missing, and the rest
--      value VARCHAR   null for missing and for the rest
--      kind VARCHAR    category, missing or other
--      n DOUBLE        rows
with
counted as (
  select $column::varchar as value, count(*) as n from $rows group by all
),
marked as (
  select value, n, value in (select unnest($known)) as known from counted
),
ranked as (
  select *, row_number() over (partition by known order by n desc, value) as rank from marked
),
named as (
  select
    case
      when value is null then 'missing'
      when known or rank <= $named then 'category'
      else 'other'
    end as kind,
    value,
    n
  from ranked
)
select
  case when kind = 'category' then value end as value,
  kind,
  sum(n)::double as n
from named
group by all
