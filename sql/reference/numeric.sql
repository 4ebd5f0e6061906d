-- sql/reference/numeric.sql
-- What do the axes of some numeric columns have to hold?
--
-- in:  $rows NAME       the rows of the reference
--      $columns NAMES   numeric columns
--      $many DOUBLE     how many columns that are
--      $least DOUBLE    share of the finite values from which a value is heavy
--      $most DOUBLE     how many heavy values are wanted
-- out: one row per column and heavy value, the most frequent first, or one without; none of a
--      column without finite values; DOUBLE
--      place                   of the column in $columns, from 1
--      atom                    a heavy value, which needs a bin of its own; null without one
--      …                       the same in each row of a column:
--      values, distinct        finite values, and different ones
--      smallest, largest       of them
--      low, high               the 10 % and the 90 % quantile
--      lowest, highest         the 0.1 % and the 99.9 % quantile
--      decimals_0 … decimals_6 every value is one of k decimals, but for what rounding leaves, a
--                              share of its own size; BOOLEAN
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
measured as (
  select
    *,
    greatest(abs(x), max(abs(x)) over (partition by place) / 1024)
    * case when x = try_cast(x as float) then pow(2, -24) else pow(2, -44) end * 1.01 as noise
  from ranked
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
    bool_and(abs(x - round(x)) <= least(1e-6, noise)) as decimals_0,
    bool_and(abs(x * 10 - round(x * 10)) <= least(1e-6, noise * 10)) as decimals_1,
    bool_and(abs(x * 100 - round(x * 100)) <= least(1e-6, noise * 100)) as decimals_2,
    bool_and(abs(x * 1000 - round(x * 1000)) <= least(1e-6, noise * 1000)) as decimals_3,
    bool_and(abs(x * 10000 - round(x * 10000)) <= least(1e-6, noise * 10000)) as decimals_4,
    bool_and(abs(x * 100000 - round(x * 100000)) <= least(1e-6, noise * 100000)) as decimals_5,
    bool_and(abs(x * 1000000 - round(x * 1000000)) <= least(1e-6, noise * 1000000)) as decimals_6
  from measured
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
