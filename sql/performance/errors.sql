-- sql/performance/errors.sql
-- How far are the predictions of a window from their labels?
--
-- in:  $joined NAME   one row a prediction: bin (a number, null: missing), score DOUBLE, predicted
--                     VARCHAR, label VARCHAR ('' none), truth DOUBLE, version VARCHAR
--      $keys KEYS      what parts the rows, [] for nothing
-- out: one row per cell
--      bin DOUBLE          as given
--      predicted VARCHAR, label VARCHAR, version VARCHAR   '' for none
--      n DOUBLE            predictions
--      errors DOUBLE, squared_errors DOUBLE   of |label - score| and its square
--      labels DOUBLE, squared_labels DOUBLE   of the labels and their squares
select
  $keys
  bin::double as bin,
  predicted,
  label,
  version,
  n::double as n,
  coalesce(errors, 0)::double as errors,
  coalesce(squared_errors, 0)::double as squared_errors,
  coalesce(labels, 0)::double as labels,
  coalesce(squared_labels, 0)::double as squared_labels
from (
  select
    $keys
    bin,
    predicted,
    label,
    version,
    count(*) as n,
    sum(abs(truth - score)) as errors,
    sum((truth - score) * (truth - score)) as squared_errors,
    sum(truth) as labels,
    sum(truth * truth) as squared_labels
  from $joined
  group by $keys bin, predicted, label, version
)
order by $keys bin, predicted, label, version
