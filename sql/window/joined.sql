-- sql/window/joined.sql
-- Which row of a joined source goes with each key? Makes a table of this instance.
--
-- in:  $table NAME   the table to make
--      $rows NAME    rows of the joined source: key, never null, and columns of any type
--      $keys NAME    a relation with the keys that matter: key
-- out: nothing; the table has one row per key that is met: key, the columns, and is_one BOOLEAN
--      (false: rows of the key differ, and the columns are null)
create table $table as
with
met as (select distinct * from $rows semi join $keys using (key)),
counted as (select key, count(*) as kinds from met group by key)
select met.*, true as is_one
from met
semi join (from counted where kinds = 1) using (key)
union all by name
select key, false as is_one from counted where kinds > 1
