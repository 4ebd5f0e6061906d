-- sql/profile/categories_tail.sql
-- How often does each known category of a column occur that has more of them than are known?
--
-- in:  $rows NAME        the rows of a window
--      $column NAME      a column of categories
--      $known VARCHAR[]  the categories that are known by name
--      $keys KEYS       what parts the rows, [] for nothing
-- out: one row per known category that occurs, one for all values and one for all rows
--      value VARCHAR   null but for a category
--      kind VARCHAR    category, present or rows
--      n DOUBLE        rows
select $keys $column::varchar as value, 'category' as kind, count(*)::double as n
from $rows
where $column::varchar in (select unnest($known))
group by $keys value
union all
select $keys null, 'present', count($column)::double from $rows group by all
union all
select $keys null, 'rows', count(*)::double from $rows group by all
