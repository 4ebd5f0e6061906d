-- sql/probe/functions.sql
-- What do functions give: one value for many rows, or one that is not of the rows alone?
--
-- in:  $names VARCHAR[]   names of functions
-- out: one row for each that there is
--      name VARCHAR
--      aggregate BOOLEAN   one value for many rows
--      outside BOOLEAN     of the clock, of chance, of settings, or several rows
select
  function_name as name,
  bool_or(
    function_type = 'aggregate'
    or function_name in ('geomean', 'geometric_mean', 'wavg', 'weighted_avg')
  ) as aggregate,
  bool_or(
    function_type not in ('scalar', 'aggregate', 'macro')
    or (function_type = 'scalar' and stability <> 'CONSISTENT')
    or function_name in ('current_setting', 'getvariable', 'getenv')
    or regexp_matches(
      coalesce(macro_definition, ''),
      '\b(now|random|unnest|sleep_ms|current_\w+|get_current_\w+)\b'
    )
  ) as outside
from duckdb_functions()
where list_contains($names, function_name)
group by function_name
