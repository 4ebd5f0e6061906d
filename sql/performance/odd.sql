-- sql/performance/odd.sql
-- Which labels cannot count, and why?
--
-- in:  $rows NAME     labels: key, value VARCHAR (null: none), unread VARCHAR (a value that came and
--                     is none), untimed VARCHAR (a time that came and is none), at_ms DOUBLE
--      $keys NAME     a relation with the keys that matter
--      $known_ms DOUBLE   labels with a later time are not known yet
-- out: one row, all DOUBLE
--      labels    all of them, of any key
--      keyless   of these, without a key
--      met       of the keys that matter, with a value, one that can be read or not
--      unread, untimed, later   of the met ones
with
met as (
  select unread, untimed, at_ms
  from $rows
  semi join $keys using (key)
  where value is not null or unread is not null
)
select
  (select count(*) from $rows)::double as labels,
  (select count(*) from $rows where key is null)::double as keyless,
  count(*)::double as met,
  count(unread)::double as unread,
  count(untimed)::double as untimed,
  count(*) filter (at_ms > $known_ms)::double as later
from met
