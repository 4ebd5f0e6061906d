-- sql/profile/numeric.sql
-- How are the values of one numeric column spread over the cells of its axis?
--
-- in:  $rows NAME      the rows of a window
--      $column NAME    a numeric column
--      $centre DOUBLE, $inverse_width DOUBLE   middle of cell 0 and cells per unit
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row per occupied cell, at most 65,537, all DOUBLE
--      bin       nearest cell, beyond the axis too; 99999: null, NaN, infinities and far values
--      n         rows
--      present   rows that are not null
--      sum       of value - centre
--      squares   of the squares of value - centre
--
-- A cast to smallint is the cheapest bound: a comparison with both ends costs as much as the rest.
select
  $keys
  coalesce(bin, 99999)::double as bin,
  n::double as n,
  present::double as present,
  coalesce(sum, 0)::double as sum,
  coalesce(squares, 0)::double as squares
from (
  select
    $keys
    try_cast(d * $inverse_width as smallint) as bin,
    count(*) as n,
    count(d) as present,
    sum(d) as sum,
    sum(d * d) as squares
  from (select $keys $column::double - $centre as d from $rows)
  group by $keys bin
)
