-- sql/performance/odd_own.sql
-- Which labels that lie in their predictions' rows cannot count, and why?
--
-- in:  $rows NAME     labels: value VARCHAR (null: none), unread VARCHAR (a value that came and is
--                     none), untimed VARCHAR (a time that came and is none), at_ms DOUBLE, n rows
--      $known_ms DOUBLE   labels with a later time are not known yet
-- out: one row, all DOUBLE
--      labels    rows
--      met       of these, with a value, one that can be read or not
--      unread, untimed, later   of the met ones
select
  coalesce(sum(n), 0)::double as labels,
  coalesce(sum(n) filter (is_met), 0)::double as met,
  coalesce(sum(n) filter (is_met and unread is not null), 0)::double as unread,
  coalesce(sum(n) filter (is_met and untimed is not null), 0)::double as untimed,
  coalesce(sum(n) filter (is_met and at_ms > $known_ms), 0)::double as later
from (select *, value is not null or unread is not null as is_met from $rows)
