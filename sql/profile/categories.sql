-- sql/profile/categories.sql
-- How often does each category of some columns with few categories occur?
--
-- in:  $rows NAME       the rows of a window
--      $columns NAMES   1 to 30 text columns
--      $sets SETS       the same columns, each a grouping set of its own
--      $most DOUBLE     categories that are told per column
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row per column and category, the most frequent first
--      grouping DOUBLE     a number whose unset bit is the column, the last one the lowest bit
--      value VARCHAR       null for missing
--      n DOUBLE            rows
--      categories DOUBLE   different categories of the column, missing among them
with
counted as (
  select $keys grouping($columns) as grouping, coalesce($columns) as value, count(*) as n
  from $rows
  group by $keys grouping sets ($sets)
),
ranked as (
  select
    *,
    row_number() over (partition by grouping order by n desc, value) as rank,
    count(*) over (partition by grouping) as categories
  from counted
)
select $keys grouping::double as grouping, value, n::double as n, categories::double as categories
from ranked
where rank <= $most
order by grouping, rank
