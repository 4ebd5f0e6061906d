-- sql/probe/draw.sql
-- Which rows stand for all of them, the same ones whenever they are asked? Makes a table.
--
-- in:  $table NAME    the table to make
--      $rows NAME     rows with `drawn`, a hash
--      $most DOUBLE   so many rows at most
-- out: nothing; the table has the rows of the smallest hashes
create table $table as
from $rows
order by drawn
limit $most::bigint
