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
      told[1] as "check",
      told[2] as target,
      told[3] as slice,
      told[4] as category,
      told[5] as verdict,
      try_cast(told[6] as double) as value,
      try_cast(told[7] as double) as low,
      try_cast(told[8] as double) as high,
      try_cast(told[9] as double) as p_value,
      try_cast(told[10] as double) as n_current,
      try_cast(told[11] as double) as n_reference,
      told[12] as reason,
      told[13] as rule,
      told[14] as sentence,
      told[15] as source
    from (
      select
        *,
        -- All at once: each by itself would read the body anew.
        json_extract_string(body, [
          '$.check', '$.target', '$.slice', '$.category', '$.verdict', '$.value', '$.low', '$.high',
          '$.pValue', '$.nCurrent', '$.nReference', '$.reason', '$.rule', '$.sentence', '$.source'
        ]) as told
      from (
        select
          unnest($bodies::varchar[]) as body, unnest(range(len($bodies::varchar[]))) as position
      )
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
