-- sql/performance/outcomes.sql
-- How do predictions and labels of a window meet?
--
-- in:  $joined NAME   one row a prediction, or one for some that are alike: bin (a number, null:
--                     missing), predicted VARCHAR, label VARCHAR ('' none), version VARCHAR,
--                     n (how many), scores (their sum)
--      $keys KEYS     what parts the rows, [] for nothing
-- out: one row per cell
--      bin DOUBLE          as given
--      predicted VARCHAR, label VARCHAR, version VARCHAR   '' for none
--      n DOUBLE            predictions
--      scores DOUBLE       of the scores
select
  $keys
  bin::double as bin,
  predicted,
  label,
  version,
  n::double as n,
  coalesce(scores, 0)::double as scores
from (
  select $keys bin, predicted, label, version, sum(n) as n, sum(scores) as scores
  from $joined
  group by $keys bin, predicted, label, version
)
order by $keys bin, predicted, label, version
