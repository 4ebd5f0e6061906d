-- sql/profile/categories_wide_parts.sql
-- How often does each category of one column with many categories occur in each part of the rows?
--
-- in:  $rows NAME        the rows of a window
--      $column NAME      a column of categories
--      $keys KEYS        what parts the rows
--      $known VARCHAR[]  the categories of the reference
--      $named DOUBLE     so many other categories keep their name, the most frequent ones
-- out: one row per part and known category that occurs, named other category, missing, the rest
--      …               $keys
--      value VARCHAR   null for missing and for the rest
--      kind VARCHAR    category, missing or other
--      n DOUBLE        rows
with
counted as (
  select $keys $column::varchar as value, count(*) as n from $rows group by all
),
totals as (
  select value, sum(n) as total, value in (select unnest($known)) as known
  from counted
  group by value
),
ranked as (
  select
    value,
    known,
    row_number() over (partition by known order by total desc, value) as rank
  from totals
),
named as (
  select
    counted.*,
    case
      when counted.value is null then 'missing'
      when known or rank <= $named then 'category'
      else 'other'
    end as kind
  from counted
  inner join ranked on counted.value is not distinct from ranked.value
)
select
  $keys
  case when kind = 'category' then value end as value,
  kind,
  sum(n)::double as n
from named
group by all
