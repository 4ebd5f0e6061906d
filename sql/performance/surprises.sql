-- sql/performance/surprises.sql
-- How do predicted classes and labels of a window meet, and how likely were the labels?
--
-- in:  $joined NAME   one row a prediction: predicted VARCHAR, label VARCHAR ('' none), version
--                     VARCHAR, chances DOUBLE[] (the probabilities of the classes)
--      $classes VARCHAR[]   the classes, in the order of their probabilities
--      $keys KEYS      what parts the rows, [] for nothing
-- out: one row per cell
--      predicted VARCHAR, label VARCHAR, version VARCHAR   '' for none
--      n DOUBLE            predictions
--      rated DOUBLE        predictions whose label has a probability
--      loss DOUBLE, squared_loss DOUBLE   of -ln of that probability, 2^-52 at least, and its square
select
  $keys
  predicted,
  label,
  version,
  count(*)::double as n,
  count(loss)::double as rated,
  coalesce(sum(loss), 0)::double as loss,
  coalesce(sum(loss * loss), 0)::double as squared_loss
from (
  -- A probability of null has no logarithm, while greatest() passes nulls by.
  select
    *,
    case when isfinite(own) then -ln(least(greatest(own, 2.220446049250313e-16), 1)) end as loss
  from (select *, chances[list_position($classes, label)] as own from $joined)
)
group by $keys predicted, label, version
order by $keys predicted, label, version
