-- sql/profile/categories_tail.sql
-- How often do known categories occur, of a column that has more, and those the reference lacks?
--
-- in:  $rows NAME        the rows of a window
--      $column NAME      a column of categories
--      $known VARCHAR[]  the categories that are known by name
--      $cells VARCHAR    a row of bits in base64: where a category of the reference lies
--      $shift DOUBLE     a category lies at its hash without so many of the last bits
--      $mark DOUBLE      what the engine made of a text when it made the cells
--      $named DOUBLE     so many categories that the reference lacks are told by name
--      $keys KEYS        what parts the rows, [] for nothing
-- out: one row per known category that occurs, and per one that the reference lacks, their rest;
--      one for all values and one for all rows; one each more where the cells can be read
--      value VARCHAR   null but for a category
--      kind VARCHAR    category, unseen, present, rows or looked
--      n DOUBLE        rows
with
unseen as (
  select $keys $column::varchar as value, count(*) as n
  from $rows
  where
    hash('aftercare')::double = $mark
    and $column is not null
    and get_bit(from_base64($cells)::bit, (hash($column::varchar) >> $shift::integer)::integer) = 0
  group by all
),
named as (
  select value from unseen group by value order by sum(n) desc, value limit $named::bigint
)
select $keys $column::varchar as value, 'category' as kind, count(*)::double as n
from $rows
where $column::varchar in (select unnest($known))
group by all
union all
select $keys case when value in (from named) then value end as value, 'unseen', sum(n)::double
from unseen
group by all
union all
select $keys null, 'present', count($column)::double from $rows group by all
union all
select $keys null, 'rows', count(*)::double from $rows group by all
union all
select $keys null, 'looked', count(*)::double
from $rows
where hash('aftercare')::double = $mark
group by all
having count(*) > 0
