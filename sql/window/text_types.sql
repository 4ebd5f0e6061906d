-- sql/window/text_types.sql
-- As what can the text of a column be read?
--
-- in:  $rows NAME     a relation whose columns are text
--      $column NAME   one of them
-- out: one row of DOUBLE counts: texts that are there, those that can be read as each
--      type, vectors as lists of numbers, and codes: numbers with leading zeros
select
  count($column)::double as present,
  -- A cast to bigint would round 1.5.
  count(*) filter (regexp_full_match($column, '\s*[+-]?[0-9]{1,18}\s*'))::double as integers,
  count(*) filter (regexp_full_match($column, '\s*0[0-9]+\s*'))::double as codes,
  count(try_cast($column as double))::double as numbers,
  count(*) filter (lower($column) in ('true', 'false'))::double as booleans,
  count(*) filter (
    starts_with($column, '[')
    and regexp_full_match($column, '\s*\[([-+0-9.eE,\s]|null|NaN|nan)*\]\s*')
  )::double as vectors,
  -- A failed cast costs ten times what the look at the year before it does.
  count(
    case when regexp_matches($column, '^\s*[0-9]{4,6}[-/ ]')
      then try_cast($column as timestamptz) end
  )::double as times
from $rows
