-- sql/performance/classes.sql
-- How are the probabilities of each class spread over rows of that class and of others?
--
-- in:  $joined NAME   one row a prediction: label VARCHAR ('' none), version VARCHAR, chances
--                     DOUBLE[] (the probabilities of the classes)
--      $classes VARCHAR[]   the classes, in the order of their probabilities
--      $cells DOUBLE   so many cells from 0 to 1; 0: each value by itself
--      $keys KEYS      what parts the rows, [] for nothing
-- out: one row per cell, of labelled rows with a finite probability
--      class VARCHAR, label VARCHAR ('1' of that class, '0' of another), version VARCHAR
--      chance DOUBLE   number of the cell, or the probability itself
--      rows DOUBLE
select
  $keys
  class,
  case when label = class then '1' else '0' end as label,
  version,
  case
    when $cells = 0 then chance
    else least(greatest(floor(chance * $cells), 0), $cells - 1)
  end::double as chance,
  count(*)::double as rows
from (
  select
    * exclude (chances),
    unnest($classes) as class,
    unnest(chances) as chance
  from $joined
  where label <> ''
)
where isfinite(chance)
group by all
order by all
