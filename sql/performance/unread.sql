-- sql/performance/unread.sql
-- What do the labels say that cannot be read?
--
-- in:  $rows NAME   labels: key, unread VARCHAR (a value that came and is none)
--      $keys NAME   a relation with the keys that matter
-- out: at most five rows, the most frequent first
--      value VARCHAR
--      n DOUBLE      labels
select unread::varchar as value, count(*)::double as n
from $rows
semi join $keys using (key)
where unread is not null
group by unread
order by n desc, value
limit 5
