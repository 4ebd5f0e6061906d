-- sql/probe/custom.sql
-- What does an expression of the user's come to, of all rows or of each of their parts?
--
-- in:  $values NAME   a relation of few rows: part, value DOUBLE
-- out: one row for each of them
--      part INTEGER    number of the part
--      value DOUBLE    null where the expression is
select part::integer as part, value
from $values
