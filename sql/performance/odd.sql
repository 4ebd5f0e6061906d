-- sql/performance/odd.sql
-- Which labels cannot count, and why?
--
-- in:  $rows NAME     labels: key, value VARCHAR (null: none), unread VARCHAR (a value that came and
--                     is none), untimed VARCHAR (a time that came and is none), at_ms DOUBLE
--      $keys NAME     a relation with the keys that matter
--      $all NAME      a relation with the keys of all predictions that were read, of any time
--      $known_ms DOUBLE   labels with a later time are not known yet
-- out: one row, all DOUBLE
--      labels    all of them, of any key
--      keyless   of these, without a key
--      orphans   of these, with a key and a value, but of no prediction that was read
--      met       of the keys that matter, with a value, one that can be read or not
--      unread, untimed, later   of the met ones
select
  count(*)::double as labels,
  count(*) filter (key is null)::double as keyless,
  count(*) filter (value is not null and not is_predicted)::double as orphans,
  count(*) filter (is_met)::double as met,
  count(unread) filter (is_met)::double as unread,
  count(untimed) filter (is_met)::double as untimed,
  count(*) filter (is_met and at_ms > $known_ms)::double as later
from (
  select
    key, value, unread, untimed, at_ms,
    key in (select key from $all where key is not null) as is_predicted,
    (value is not null or unread is not null)
      and key in (select key from $keys where key is not null) as is_met
  from $rows
)
