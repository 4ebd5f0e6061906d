-- sql/performance/unread.sql
-- What do the labels, or their times, say that cannot be read?
--
-- in:  $rows NAME   labels: key, the texts that came and are no value or no time, VARCHAR
--      $keys NAME   a relation with the keys that matter
--      $texts NAME  the column of these texts
-- out: at most five rows, the most frequent first
--      value VARCHAR
--      n DOUBLE      labels
select $texts::varchar as value, count(*)::double as n
from $rows
semi join $keys using (key)
where $texts is not null
group by $texts
order by n desc, value
limit 5
