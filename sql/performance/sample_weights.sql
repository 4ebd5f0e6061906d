-- sql/performance/sample_weights.sql
-- What do the rows of the cells of outcomes weigh?
--
-- in:  $joined NAME   one row a prediction: bin (a number, null: missing), score DOUBLE, predicted
--                     VARCHAR, label VARCHAR ('' none), truth DOUBLE, version VARCHAR,
--                     sample_weight DOUBLE (null: none that counts)
--      $keys KEYS     what parts the rows, [] for nothing
-- out: one row per cell, in the order of sql/performance/outcomes.sql and errors.sql
--      unweighed DOUBLE    predictions without a weight that counts
--      n DOUBLE, squares DOUBLE   of the weights and their squares
--      scores DOUBLE       of weight * score
--      fourth_errors DOUBLE   of weight * |label - score|^4
--      errors_by_square, squared_errors_by_square, fourth_errors_by_square DOUBLE   of weight^2 *
--                          |label - score|, its square and its fourth power
--      errors, squared_errors, labels, squared_labels, signed, signed_squares, relative,
--      squared_relative DOUBLE    of weight * what sql/performance/errors_signed.sql sums
select
  $keys
  unweighed::double as unweighed,
  coalesce(n, 0)::double as n,
  coalesce(squares, 0)::double as squares,
  coalesce(scores, 0)::double as scores,
  coalesce(fourth_errors, 0)::double as fourth_errors,
  coalesce(errors_by_square, 0)::double as errors_by_square,
  coalesce(squared_errors_by_square, 0)::double as squared_errors_by_square,
  coalesce(fourth_errors_by_square, 0)::double as fourth_errors_by_square,
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
    count(*) - count(w) as unweighed,
    sum(w) as n,
    sum(w * w) as squares,
    sum(w * score) as scores,
    sum(w * pow(truth - score, 4)) as fourth_errors,
    sum(w * w * abs(truth - score)) as errors_by_square,
    sum(w * w * pow(truth - score, 2)) as squared_errors_by_square,
    sum(w * w * pow(truth - score, 4)) as fourth_errors_by_square,
    sum(w * abs(truth - score)) as errors,
    sum(w * (truth - score) * (truth - score)) as squared_errors,
    sum(w * truth) as labels,
    sum(w * truth * truth) as squared_labels,
    sum(w * (truth - score)) as signed,
    sum(w * (truth - score) * abs(truth - score)) as signed_squares,
    sum(w * abs(truth - score) / greatest(abs(truth), 2.220446049250313e-16)) as relative,
    sum(w * pow((truth - score) / greatest(abs(truth), 2.220446049250313e-16), 2))
      as squared_relative
  from (select *, sample_weight as w from $joined)
  group by $keys bin, predicted, label, version
)
order by $keys bin, predicted, label, version
