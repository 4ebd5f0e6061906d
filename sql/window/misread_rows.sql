-- sql/window/misread_rows.sql
-- How many rows have a value that cannot be what it should, in any of these columns?
--
-- in:  $rows NAME      the rows of a window, with the columns as they were delivered
--      $texts NAMES    columns that should hold numbers
--      $scores NAMES   columns that should hold probabilities
-- out: one row
--      n DOUBLE   rows
select
  (count(*) filter (where
    list_bool_or(list_transform(
      [$texts]::varchar[], lambda text: text is not null and try_cast(text as double) is null
    ))
    or list_bool_or(list_transform(
      [$scores]::double[], lambda p: isfinite(p) and p not between -1e-9 and 1 + 1e-9
    ))
  ))::double as n
from $rows
