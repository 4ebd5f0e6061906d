-- sql/performance/classes.sql
-- How are the probabilities of each class spread over rows that are it, or are predicted as it?
--
-- in:  $joined NAME   one row a prediction: predicted VARCHAR ('' none), label VARCHAR ('' none),
--                     version VARCHAR, chances DOUBLE[] (the probabilities of the classes)
--      $classes VARCHAR[]   the classes, in the order of their probabilities
--      $cells DOUBLE   so many cells from 0 to 1; 0: each value by itself
--      $keys KEYS      what parts the rows, [] for nothing
-- out: one row per cell, of rows with a finite probability
--      class VARCHAR, label VARCHAR ('1' of that class, '0' of another, '' none), version VARCHAR
--      answer VARCHAR  '1' predicted as that class, '0' not
--      chance DOUBLE   number of the cell, or the probability itself
--      rows DOUBLE
select
  $keys
  class,
  case when label = '' then '' when label = class then '1' else '0' end as label,
  case when predicted = class then '1' else '0' end as answer,
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
)
where isfinite(chance)
group by all
order by all
