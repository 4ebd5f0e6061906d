-- sql/reference/numeric.sql
-- What does the axis of one numeric column have to hold?
--
-- in:  $rows NAME     the rows of the reference
--      $column NAME   a numeric column
--      $least DOUBLE  share of the finite values from which a value is heavy
--      $most DOUBLE   how many heavy values are wanted
-- out: one row per heavy value, the most frequent first, or one without; all DOUBLE
--      atom                    a heavy value, which needs a bin of its own; null without one
--      …                       the same in each row; null without finite values:
--      values, distinct        finite values, and different ones
--      smallest, largest       of them
--      low, high               the 10 % and the 90 % quantile
--      lowest, highest         the 0.1 % and the 99.9 % quantile
--      off_0 … off_6           largest distance of value * 10^k from a whole number
with
counted as (
  select x, count(*) as n
  from (select $column::double as x from $rows)
  where isfinite(x)
  group by x
),
ranked as (
  select x, n, sum(n) over (order by x) as below, sum(n) over () as total from counted
),
told as (
  select
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
),
heavy as (
  select x as atom, n from ranked where n >= $least * total order by n desc, x limit $most::bigint
)
select told.*, heavy.atom
from told
left join heavy on true
order by heavy.n desc, heavy.atom
