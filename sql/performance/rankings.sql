-- sql/performance/rankings.sql
-- How well are the items of each request ranked?
--
-- in:  $joined NAME   one row an item: request VARCHAR, place DOUBLE (1 the first), label VARCHAR
--                     ('' none), truth DOUBLE (its relevance; of no label 0), version VARCHAR
--      $k DOUBLE       so many places count
--      $keys KEYS      what parts the rows, [] for nothing
-- out: one row per version, and per whether any item of the request has a label
--      label VARCHAR   'known', '' for requests without any; version VARCHAR
--      n DOUBLE, requests DOUBLE   items and requests
--      ndcg, map, mrr, hits DOUBLE   sums over requests; squared_ndcg, squared_map, squared_mrr of
--                      their squares. A request without a relevant item counts as 0.
with
graded as (
  select $keys request, version, place, label, coalesce(greatest(truth, 0), 0) as gain
  from $joined
  where request is not null and isfinite(place)
),
placed as (
  select
    *,
    -- Of items on one place the least relevant stands first.
    row_number() over (partition by $keys request, version order by place, gain) as rank,
    row_number() over (partition by $keys request, version order by gain desc) as best
  from graded
),
counted as (
  select
    *,
    sum((gain > 0)::double) over (partition by $keys request, version order by rank) as found
  from placed
),
judged as (
  select
    $keys
    request,
    version,
    count(*) as n,
    case when bool_or(label <> '') then 'known' else '' end as label,
    coalesce(sum(gain / log2(rank + 1)) filter (rank <= $k), 0) as dcg,
    sum(gain / log2(best + 1)) filter (best <= $k) as most,
    coalesce(sum(found / rank) filter (rank <= $k and gain > 0), 0)
      / greatest(1, least($k, count(*) filter (gain > 0))) as map,
    coalesce(1 / min(rank) filter (rank <= $k and gain > 0), 0) as mrr
  from counted
  group by $keys request, version
),
scored as (
  select *, case when most > 0 then dcg / most else 0 end as ndcg
  from judged
)
select
  $keys
  label,
  version,
  sum(n)::double as n,
  count(*)::double as requests,
  sum(ndcg)::double as ndcg,
  sum(ndcg * ndcg)::double as squared_ndcg,
  sum(map)::double as map,
  sum(map * map)::double as squared_map,
  sum(mrr)::double as mrr,
  sum(mrr * mrr)::double as squared_mrr,
  count(*) filter (mrr > 0)::double as hits
from scored
group by $keys label, version
order by $keys label, version
