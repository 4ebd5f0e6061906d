-- sql/performance/errors_signed.sql
-- How far are the predictions of a window from their labels, on which side, in shares of them?
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
--      signed DOUBLE, signed_squares DOUBLE   of label - score, and of its square with its sign
--      relative DOUBLE, squared_relative DOUBLE   of |label - score| / |label| and its square; a
--                          label of 0 counts as 2^-52
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
  coalesce(squared_labels, 0)::double as squared_labels,
  coalesce(signed, 0)::double as signed,
  coalesce(signed_squares, 0)::double as signed_squares,
  coalesce(relative, 0)::double as relative,
  coalesce(squared_relative, 0)::double as squared_relative
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
    sum(truth * truth) as squared_labels,
    sum(truth - score) as signed,
    sum((truth - score) * abs(truth - score)) as signed_squares,
    sum(abs(truth - score) / greatest(abs(truth), 2.220446049250313e-16)) as relative,
    sum(pow((truth - score) / greatest(abs(truth), 2.220446049250313e-16), 2)) as squared_relative
  from $joined
  group by $keys bin, predicted, label, version
)
order by $keys bin, predicted, label, version
