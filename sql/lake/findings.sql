-- sql/lake/findings.sql
-- Which findings do these evaluations hold, in a line each?
--
-- in:  $files VARCHAR[]  Parquet files of evaluations, merged or not
--      $keys VARCHAR[]   the evaluations' own keys
-- out: one row for each finding, by window and in the order of the report
--      model VARCHAR
--      window_end DOUBLE  epoch ms
--      revision INTEGER
--      run VARCHAR
--      check, target, slice, category, verdict VARCHAR   slice as JSON
--      value, low, high, p_value, n_current, n_reference DOUBLE   null: none
--      reason, rule, sentence, source VARCHAR
select
  model,
  epoch_ms(window_end)::double as window_end,
  revision,
  run,
  "check",
  target,
  slice,
  category,
  verdict,
  value,
  low,
  high,
  p_value,
  n_current,
  n_reference,
  reason,
  rule,
  sentence,
  source
from read_parquet($files, union_by_name = true, hive_partitioning = false)
where kind = 'finding' and file in (select unnest($keys::varchar[]))
order by model, window_end, revision, position
