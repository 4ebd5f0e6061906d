-- sql/profile/texts.sql
-- How often does every single text of one column occur?
--
-- in:  $rows NAME     the rows of a window
--      $column NAME   a text column
-- out: one row per text, the most frequent first
--      value VARCHAR   null for missing
--      n DOUBLE        rows
select $column::varchar as value, count(*)::double as n
from $rows
group by all
order by n desc, value
