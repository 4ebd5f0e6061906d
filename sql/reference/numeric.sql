-- sql/reference/numeric.sql
-- What do the axes of some numeric columns have to hold?
--
-- in:  $rows NAME       the rows of the reference
--      $columns NAMES   numeric columns
--      $many DOUBLE     how many columns that are
--      $least DOUBLE    share of the finite values from which a value is heavy
--      $most DOUBLE     how many heavy values are wanted
-- out: one row per column and heavy value, the most frequent first, or one without; none of a
--      column without finite values; all DOUBLE
--      place                   of the column in $columns, from 1
--      atom                    a heavy value, which needs a bin of its own; null without one
--      …                       the same in each row of a column:
--      values, distinct        finite values, and different ones
--      smallest, largest       of them
--      low, high               the 10 % and the 90 % quantile
--      lowest, highest         the 0.1 % and the 99.9 % quantile
--      off_0 … off_6           largest distance of value * 10^k from a whole number
with
-- The first element makes a list of doubles, whatever the columns are.
listed as (
  select unnest([null::double, $columns]::double[]) as x, unnest(range($many::bigint + 1)) as place
  from $rows
),
counted as (
  select place, x, count(*) as n
  from listed
  where isfinite(x)
  group by place, x
),
ranked as (
  select
    place, x, n,
    sum(n) over (partition by place order by x) as below,
    sum(n) over (partition by place) as total
  from counted
),
told as (
  select
    place,
    sum(n)::double as values,
    count(*)::double as distinct,
    min(x)::double as smallest,
    max(x)::double as largest,
    min(x) filter (below >= 0.1 * total)::double as low,
    min(x) filter (below >= 0.9 * total)::double as high,
    min(x) filter (below >= 0.001 * total)::double as lowest,
    min(x) filter (below >= 0.999 * total)::double as highest,
    max(abs(x - round(x)))::double as off_0,
    max(abs(x * 10 - round(x * 10)))::double as off_1,
    max(abs(x * 100 - round(x * 100)))::double as off_2,
    max(abs(x * 1000 - round(x * 1000)))::double as off_3,
    max(abs(x * 10000 - round(x * 10000)))::double as off_4,
    max(abs(x * 100000 - round(x * 100000)))::double as off_5,
    max(abs(x * 1000000 - round(x * 1000000)))::double as off_6
  from ranked
  group by place
),
heavy as (
  select place, x as atom, n
  from ranked
  where n >= $least * total
  qualify row_number() over (partition by place order by n desc, x) <= $most::bigint
)
select told.* replace (told.place::double as place), heavy.atom
from told
left join heavy on heavy.place = told.place
order by told.place, heavy.n desc, heavy.atom
