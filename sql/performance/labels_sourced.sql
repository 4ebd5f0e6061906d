-- sql/performance/labels_sourced.sql
-- What is the label of each key, as far as it is known, and who made it? As labels.sql, which does
-- not ask who, for that costs as much again. Makes a table of this instance.
--
-- in:  $table NAME    the table to make
--      $rows NAME     labels: key, value VARCHAR (null: none), truth DOUBLE, at_ms DOUBLE (null: no
--                     time), maturity BOOLEAN (a label without a time is known), source VARCHAR
--                     ('': nobody says)
--      $keys NAME     a relation with the keys that matter
--      $known_ms DOUBLE   labels with a later time are not known yet
-- out: nothing; the table has one row per key: key, value, truth, source (of its first label), n
--      DOUBLE (labels), kinds DOUBLE (different values)
create table $table as
with
known as (
  select key, value, truth, source, coalesce(at_ms, '-inf'::double) as at_ms
  from $rows
  where value is not null and key is not null and coalesce(at_ms <= $known_ms, maturity)
)
select
  key,
  arg_min(value, (at_ms, value)) as value,
  arg_min(truth, (at_ms, value)) as truth,
  arg_min(source, (at_ms, value, source)) as source,
  count(*)::double as n,
  count(distinct value)::double as kinds
from known
semi join $keys using (key)
group by key
