-- sql/window/cut.sql
-- Which wall clock reading is the first that is not before an instant?
--
-- in:  $at_ms DOUBLE       an instant
--      $timezone VARCHAR   the zone of readings without an offset
-- out: one row
--      cut VARCHAR   the reading; between two neighbouring cuts lies every reading just once, also
--                    in the hour that a clock change repeats
with
near as (
  select instant, timezone($timezone, instant) as reading
  from (select timezone('UTC', make_timestamp(($at_ms * 1000)::bigint)) as instant)
),
-- A reading that the clock shows twice means one instant only; look for the first one after it.
later as (
  select min(reading + to_minutes(minute)) as cut
  from near, range(-180, 181) as minutes(minute)
  where timezone($timezone, reading + to_minutes(minute)) >= instant
)
select
  (case when timezone($timezone, reading) = instant then reading else cut end)::varchar as cut
from near, later
