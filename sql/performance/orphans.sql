-- sql/performance/orphans.sql
-- How many labels belong to no prediction of the files that were read?
--
-- in:  $rows NAME          labels: key, value
--      $predictions NAME   a relation with key: every row of the files, of any time
-- out: one row
--      orphans DOUBLE   labels
select count(*)::double as orphans
from $rows as labels
where value is not null
  and key is not null
  and not exists (select 1 from $predictions as p where p.key = labels.key)
