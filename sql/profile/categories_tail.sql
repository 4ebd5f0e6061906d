-- sql/profile/categories_tail.sql
-- How often do known categories occur, of a column that has more, and those the reference lacks?
--
-- in:  $rows NAME        the rows of a window
--      $column NAME      a column of categories
--      $known VARCHAR[]  the categories that are known by name
--      $sought VARCHAR   a row of bits in base64: 0 where one of them lies, or what is unseen
--      $cells VARCHAR    a row of as many bits: 1 where a category of the reference lies
--      $shift DOUBLE     a category lies at its hash without so many of the last bits
--      $named DOUBLE     so many categories that the reference lacks are told by name
--      $keys KEYS        what parts the rows, [] for nothing
-- out: one row per known category that occurs, and per one that the reference lacks, their rest;
--      one for all values and one for all rows
--      value VARCHAR   null but for a category
--      kind VARCHAR    category, unseen, present or rows
--      n DOUBLE        rows
with
-- One scan: a text takes longer to read than to look up. Others that lie with a known one come too.
found as (
  select $keys $column::varchar as value, count(*) as n
  from $rows
  where
    $column is not null
    and get_bit(from_base64($sought)::bit, (hash($column::varchar) >> $shift::integer)::integer) = 0
  group by all
),
told as (
  select
    *,
    value in (select unnest($known)) as known,
    get_bit(from_base64($cells)::bit, (hash(value) >> $shift::integer)::integer) = 0 as unseen
  from found
),
named as (
  select value
  from told
  where unseen and not known
  group by value
  order by sum(n) desc, value
  limit $named::bigint
)
select $keys value, 'category' as kind, n::double as n from told where known
union all
select $keys case when value in (from named) then value end as value, 'unseen', sum(n)::double
from told
where unseen and not known
group by all
union all
select $keys null, 'present', count($column)::double from $rows group by all
union all
select $keys null, 'rows', count(*)::double from $rows group by all
