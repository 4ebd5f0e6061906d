-- sql/lake/write_evaluation.sql
-- How is one evaluation kept? As one long table: its header, its findings, the counts of its profile.
--
-- in:  $path VARCHAR      the file to be made
--      $file VARCHAR      key of the file in the lake: the evaluation's identity, also once merged
--      $model VARCHAR
--      $window_end DOUBLE   epoch ms
--      $revision DOUBLE
--      $run VARCHAR
--      $header VARCHAR    JSON: the evaluation without its findings and counts
--      $bodies VARCHAR[]  JSON: one finding each, in order
--      $counts NAME       a table: counts (their number), part, name, and lists of keys and sums
-- out: writes the file; one row for the header, each finding, each of the counts
copy (
  with constants as (
    select
      $file as file,
      $model as model,
      make_timestamp_ms($window_end::bigint) as window_end,
      $revision::integer as revision,
      $run as run
  ),
  findings as (
    select
      'finding' as kind,
      body,
      position::integer as position,
      body ->> '$.check' as "check",
      body ->> '$.target' as target,
      body ->> '$.slice' as slice,
      body ->> '$.category' as category,
      body ->> '$.verdict' as verdict,
      try_cast(body ->> '$.value' as double) as value,
      try_cast(body ->> '$.low' as double) as low,
      try_cast(body ->> '$.high' as double) as high,
      try_cast(body ->> '$.pValue' as double) as p_value,
      try_cast(body ->> '$.nCurrent' as double) as n_current,
      try_cast(body ->> '$.nReference' as double) as n_reference,
      body ->> '$.reason' as reason,
      body ->> '$.rule' as rule,
      body ->> '$.sentence' as sentence,
      body ->> '$.source' as source
    from (
      select unnest($bodies::varchar[]) as body, unnest(range(len($bodies::varchar[]))) as position
    )
  ),
  parts as (
    select 'header' as kind, $header as body
    union all by name
    select * from findings
    union all by name
    select 'counts' as kind, * from $counts
  )
  select * from constants cross join parts
) to $path (format parquet, compression zstd)
