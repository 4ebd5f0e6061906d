-- sql/performance/outcomes.sql
-- How do predictions and labels of a window meet?
--
-- in:  $joined NAME   one row a prediction: score DOUBLE, predicted VARCHAR, version VARCHAR, label
--                     VARCHAR ('' none), truth DOUBLE
--      $low DOUBLE, $inverse_width DOUBLE   the axis of the score; width 0: a bin is a value
-- out: one row per cell; n and the sums are DOUBLE
--      bin DOUBLE          cell of the score from 0 to 4095, -1 and 4096 beyond, -2 missing, -3 not
--                          finite; with width 0 the score itself, null for missing
--      predicted VARCHAR, label VARCHAR, version VARCHAR   '' for none
--      n                   predictions
--      scores              of the scores
--      errors, squared_errors   of |label - score| and its square
--      labels, squared_labels   of the labels and their squares
with
binned as (
  select
    *,
    case
      when $inverse_width = 0 then score
      when score is null then -2
      when not isfinite(score) then -3
      when score < $low then -1
      when (score - $low) * $inverse_width > 4096 * (1 + 1e-9) then 4096
      else least(4095, floor((score - $low) * $inverse_width))
    end::double as bin
  from $joined
)
select
  bin,
  predicted,
  label,
  version,
  count(*)::double as n,
  coalesce(sum(score), 0)::double as scores,
  coalesce(sum(abs(truth - score)), 0)::double as errors,
  coalesce(sum((truth - score) * (truth - score)), 0)::double as squared_errors,
  coalesce(sum(truth), 0)::double as labels,
  coalesce(sum(truth * truth), 0)::double as squared_labels
from binned
group by bin, predicted, label, version
order by bin, predicted, label, version
