-- sql/performance/outcomes_weighed.sql
-- How do predictions and labels of a window meet, and for how many rows do those held out stand?
--
-- in:  $joined NAME   one row a prediction: bin (a number, null: missing), score DOUBLE, predicted
--                     VARCHAR, label VARCHAR ('' none), version VARCHAR, weight DOUBLE
--      $keys KEYS      what parts the rows, [] for nothing
-- out: one row per cell
--      bin DOUBLE          as given
--      predicted VARCHAR, label VARCHAR, version VARCHAR   '' for none
--      n DOUBLE            predictions
--      scores DOUBLE       of the scores
--      weights DOUBLE      of the weights
select
  $keys
  bin::double as bin,
  predicted,
  label,
  version,
  n::double as n,
  coalesce(scores, 0)::double as scores,
  weights::double as weights
from (
  select
    $keys bin, predicted, label, version, count(*) as n, sum(score) as scores, sum(weight) as weights
  from $joined
  group by $keys bin, predicted, label, version
)
order by $keys bin, predicted, label, version
