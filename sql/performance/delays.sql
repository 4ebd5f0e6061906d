-- sql/performance/delays.sql
-- How long did labels take, and how long have predictions waited for theirs?
--
-- in:  $met NAME   one row a prediction: predicted_ms DOUBLE, label_ms DOUBLE (null: no label is
--                  known; -infinity: one without a time)
--      $known_ms DOUBLE   until when was waited
--      $least_ms DOUBLE, $per_octave DOUBLE   the cells, as domain/delay.ts has them
-- out: one row per occupied cell
--      cell INTEGER      -1: labels without a time
--      n DOUBLE          predictions
--      labels DOUBLE     those with a label
--      negative DOUBLE   those with a label that is older than they are
select
  (
    case
      when label_ms = '-inf'::double then -1
      when waited_ms < $least_ms then 0
      else 1 + floor(log2(waited_ms / $least_ms) * $per_octave)
    end
  )::integer as cell,
  count(*)::double as n,
  count(label_ms)::double as labels,
  count(*) filter (isfinite(label_ms) and waited_ms < 0)::double as negative
from (
  select label_ms, coalesce(label_ms, $known_ms) - predicted_ms as waited_ms
  from $met
)
group by cell
order by cell
