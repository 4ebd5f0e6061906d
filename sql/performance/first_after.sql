-- sql/performance/first_after.sql
-- Which labels answer which predictions of their entity? Makes a table of this instance.
--
-- in:  $table NAME        the table to make
--      $predictions NAME  entity (null: none), predicted VARCHAR (the event time as it is written),
--                         predicted_ms DOUBLE (null: no time)
--      $labels NAME       label STRUCT (its columns), entity (null: none), at_ms DOUBLE (null: no
--                         time), said BOOLEAN (a value came, one that can be read or not)
--      $within_ms DOUBLE  so much later than the prediction, and no more, is no answer
--      $answered NAME     the column to add
-- out: nothing; the table has the columns of the labels and that one: VARCHAR, the event time of the
--      prediction, 'none' of a label that answers none, null of one without entity or time; one row
--      per label and event time that it answers
create table $table as
with
came as materialized (
  from $labels
),
moments as (
  select distinct entity, at_ms
  from came
  where said and entity is not null and at_ms is not null
),
asked as (
  select distinct entity, predicted, predicted_ms
  from $predictions
  where entity is not null and predicted_ms is not null
),
answers as (
  select asked.entity, asked.predicted, moments.at_ms
  from asked
  asof join moments on asked.entity = moments.entity and asked.predicted_ms <= moments.at_ms
  where moments.at_ms < asked.predicted_ms + $within_ms
)
select
  unnest(label),
  case when entity is not null and at_ms is not null then coalesce(predicted, 'none') end as $answered
from came
left join answers using (entity, at_ms)
