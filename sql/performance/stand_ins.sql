-- sql/performance/stand_ins.sql
-- How do labels that stand in meet those of the target, and what was predicted?
--
-- in:  $joined NAME   one row a prediction: predicted VARCHAR, target VARCHAR, label VARCHAR (of the
--                     stand-in), each '' for none
-- out: one row per cell
--      predicted VARCHAR, target VARCHAR, label VARCHAR   as given
--      n DOUBLE       predictions
select predicted, target, label, count(*)::double as n
from $joined
group by predicted, target, label
order by predicted, target, label
