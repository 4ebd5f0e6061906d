-- sql/profile/numeric.sql
-- How are the values of one numeric column spread over the cells of its axis?
--
-- in:  $rows NAME      the rows of a window
--      $column NAME    a numeric column
--      $centre DOUBLE, $inverse_width DOUBLE   middle of cell 0 and cells per unit
--      $cell NAME      smallint: cells lie in one array; integer: they are hashed, for few rows
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row per occupied cell, at most 65,537, all DOUBLE
--      bin       nearest cell, beyond the axis too; 99999: null, NaN, infinities and far values
--      n         rows
--      present   1 where any of the rows has a value, else 0
--      sum       of value - centre
--      squares   of the squares of value - centre
--
-- A cast to smallint is the cheapest bound: a comparison with both ends costs as much as the rest.
select
  $keys
  coalesce(bin, 99999)::double as bin,
  n::double as n,
  (sum is not null)::integer as present,
  coalesce(sum, 0)::double as sum,
  coalesce(squares, 0)::double as squares
from (
  select
    $keys
    try_cast(d * $inverse_width as smallint)::$cell as bin,
    count(*) as n,
    sum(d) as sum,
    sum(d * d) as squares
  from (select $keys $column::double - $centre as d from $rows)
  group by $keys bin
)
