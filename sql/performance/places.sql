-- sql/performance/places.sql
-- At which place among the probabilities of its row does the label of each prediction stand?
--
-- in:  $joined NAME   one row a prediction: label VARCHAR ('' none), version VARCHAR, chances
--                     DOUBLE[] (the probabilities of the classes)
--      $classes VARCHAR[]   the classes, in the order of their probabilities
--      $keys KEYS      what parts the rows, [] for nothing
-- out: one row per place and version, of rows whose label has a probability
--      place VARCHAR    1 the largest; of equal ones that of the last class comes first
--      version VARCHAR  '' for none
--      rows DOUBLE
select $keys place::varchar as place, version, count(*)::double as rows
from (
  select
    * exclude (chances, own),
    1 + len(
      list_filter(chances, lambda p, i: p > chances[own] or (p = chances[own] and i > own))
    ) as place
  from (
    select *, list_position($classes, label) as own
    from $joined
    where list_contains($classes, label)
  )
  where chances[own] is not null and isfinite(chances[own])
)
group by $keys place, version
order by $keys place, version
