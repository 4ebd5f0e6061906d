-- sql/profile/categories_sought.sql
-- Where do the categories that are known by name lie in a row of bits?
--
-- in:  $known VARCHAR[]  the categories
--      $shift DOUBLE     a category lies at its hash without so many of the last bits
-- out: one row per category, and one more
--      cell DOUBLE   -1 in the row that is no category
--      mark DOUBLE   what the engine makes of a text
select
  case when value is null then -1 else (hash(value) >> $shift::integer)::double end as cell,
  hash('aftercare')::double as mark
from (select unnest(list_append($known::varchar[], null)) as value)
