-- sql/reference/counts_up.sql
-- Do the texts of a column differ in their digits alone, as ids that count up do?
--
-- in:  $rows NAME     the rows of the reference, or a sample of them
--      $column NAME   a column of texts
-- out: one row
--      counts_up BOOLEAN   null without texts
--
-- Of a long text only the head is compared: it is none of these.
select max(length(text)) <= 64 and min(form) = max(form) as counts_up
from (
  select text, regexp_replace(left(text, 64), '[0-9]+', '', 'g') as form
  from (select $column::varchar as text from $rows)
)
