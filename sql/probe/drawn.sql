-- sql/probe/drawn.sql
-- What do drawn rows hold?
--
-- in:  $rows NAME   rows with hash, score, predicted, label, truth and columns c0, c1, …
-- out: one row per row
--      hash DOUBLE          0 to 65,535, spread evenly
--      score DOUBLE         null: none
--      predicted VARCHAR, label VARCHAR   '' for none
--      truth DOUBLE         the label of a regression; null: none
--      c0, c1, …            numbers as DOUBLE, categories as VARCHAR, as they are
select hash::double as hash, score, predicted, label, truth, columns('^c[0-9]+$')
from $rows
