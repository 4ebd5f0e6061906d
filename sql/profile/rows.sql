-- sql/profile/rows.sql
-- What are the values of some numeric columns, row by row?
--
-- in:  $rows NAME       the rows of a window
--      $columns NAMES   numeric columns
--      $many DOUBLE     how many columns that are
-- out: one row per row and column that has a value, in any order
--      place INTEGER   of the column in $columns, from 0
--      value DOUBLE    NaN and infinities among them
select place::integer as place, value
from (
  select
    -- The first element makes a list of doubles: of whole numbers and FLOAT alone it was FLOAT.
    unnest([null::double, $columns]::double[]) as value,
    unnest(range(-1, $many::bigint)) as place
  from $rows
)
where value is not null
