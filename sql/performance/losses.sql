-- sql/performance/losses.sql
-- How far are predictions from their labels, by cells of the prediction and of two features?
--
-- in:  $joined NAME   one row a prediction: score DOUBLE, truth DOUBLE, label VARCHAR ('' none),
--                     answer INTEGER, first INTEGER, second INTEGER
-- out: one row per cell, of the rows that have a prediction
--      answer INTEGER, first INTEGER, second INTEGER, label VARCHAR   as given
--      n DOUBLE            predictions
--      errors DOUBLE, squared_errors DOUBLE   of |truth - score| and its square; 0 without labels
--      labels DOUBLE, squared_labels DOUBLE   of the labels and their squares; 0 without labels
with
counted as (
  select
    answer,
    first,
    second,
    label,
    count(*) as n,
    sum(abs(truth - score)) filter (label <> '') as errors,
    sum((truth - score) * (truth - score)) filter (label <> '') as squared_errors,
    sum(truth) filter (label <> '') as labels,
    sum(truth * truth) filter (label <> '') as squared_labels
  from $joined
  where isfinite(score)
  group by answer, first, second, label
)
select
  answer::integer as answer,
  first::integer as first,
  second::integer as second,
  label,
  n::double as n,
  coalesce(errors, 0)::double as errors,
  coalesce(squared_errors, 0)::double as squared_errors,
  coalesce(labels, 0)::double as labels,
  coalesce(squared_labels, 0)::double as squared_labels
from counted
order by answer, first, second, label
