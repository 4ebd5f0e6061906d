-- sql/performance/absent.sql
-- How many predictions are negative for want of a label, and how many have one that does not count?
--
-- in:  $joined NAME   one row a prediction: label VARCHAR ('' none), silent BOOLEAN (no label was
--                     joined), aside BOOLEAN (there is one, of a row that was acted on)
-- out: one row, all DOUBLE
--      absent   predictions with a label that nobody sent
--      aside    predictions without the label that somebody sent
select
  count(*) filter (silent and label <> '')::double as absent,
  count(*) filter (aside)::double as aside
from $joined
