-- sql/window/text_types.sql
-- As what can the texts of columns be read?
--
-- in:  $rows NAME       a relation
--      $columns NAMES   some of its columns, all text
-- out: one row for each column that has a text
--      name VARCHAR     the column
--      DOUBLE counts: texts that are there, those that can be read as each type, vectors as
--      lists of numbers, and codes: numbers with leading zeros
select
  name::varchar as name,
  count(*)::double as present,
  -- A cast to bigint would round 1.5.
  count(*) filter (regexp_full_match(text, '\s*[+-]?[0-9]{1,18}\s*'))::double as integers,
  count(*) filter (regexp_full_match(text, '\s*0[0-9]+\s*'))::double as codes,
  count(try_cast(text as double))::double as numbers,
  count(*) filter (lower(text) in ('true', 'false'))::double as booleans,
  count(*) filter (
    starts_with(text, '[')
    and regexp_full_match(text, '\s*\[([-+0-9.eE,\s]|null|NaN|nan)*\]\s*')
  )::double as vectors,
  -- A failed cast costs ten times what the look at the year before it does.
  count(
    case when regexp_matches(text, '^\s*[0-9]{4,6}[-/ ]')
      then try_cast(text as timestamptz) end
  )::double as times
from (unpivot (select $columns from $rows) on columns(*) into name name value text)
group by name
