-- sql/window/partners.sql
-- How many rows found no row in a joined source, or several that differ?
--
-- in:  $rows NAME      a relation
--      $partner NAME   its BOOLEAN column: true found one, false several that differ, null none
-- out: one row
--      alone DOUBLE         rows that found none
--      conflicting DOUBLE   rows that found several
select
  count(*) filter ($partner is null)::double as alone,
  count(*) filter (not $partner)::double as conflicting
from $rows
