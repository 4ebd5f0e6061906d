import { DELAYS } from '../domain/delay.js';
import type { Delays } from '../domain/delay.js';
import { ask, perform } from './ask.js';
import type { Duck } from './duck.js';
import type { OutcomesSpec } from './profile-outcomes.js';
import { isKnown, keyOf, labelOf } from './profile-projections.js';
import type { OpenLabels } from './profile-projections.js';
import { columnsOf, fresh } from './window-files.js';
import { clockOf } from './window-time.js';

/**
 * The answer `delays` of a profile: how long labels took that are known, and how long the other
 * rows have waited; {} where no check asks, no label has a time, or no prediction has.
 */
export async function delaysOf(db: Duck, spec: OutcomesSpec): Promise<{ delays?: Delays }> {
  const { monitor, rows, labels, knownAt } = spec;
  const { timestamp } = monitor.columns;
  if (labels?.time == null || !asksDelays(spec)) return {};
  const type = (await columnsOf(db, rows.view))[timestamp.column];
  const time = await clockOf(db, { view: rows.view, type, file: 'predictions' }, timestamp);
  const met = fresh('delays');
  await perform(db, `create view ${met} as ${metOf(spec, labels, time.milliseconds)}`);
  try {
    const cells = { least_ms: DELAYS.least, per_octave: DELAYS.perOctave };
    const found = await ask(db, 'performance/delays', { met, known_ms: knownAt, ...cells });
    const sum = (name: string) => Float64Array.from(found, (row) => Number(row[name]));
    const sums = { n: sum('n'), labels: sum('labels'), negative: sum('negative') };
    return { delays: { by: { cell: Int32Array.from(found, (row) => Number(row['cell'])) }, sums } };
  } finally {
    await perform(db, `drop view ${met}`);
  }
}

/** A reference is no window of the model: `every`. Numbered windows have no time. */
const asksDelays = ({ monitor, rows, every = false }: OutcomesSpec): boolean =>
  !every &&
  monitor.columns.timestamp.column in rows.types &&
  monitor.checks.some(({ check }) => check === 'label_delay');

/** SQL of one row a prediction, with the time of its first label that is known. */
function metOf({ monitor, rows, knownAt, mature }: OutcomesSpec, labels: OpenLabels, time: string) {
  const label = labelOf(monitor, labels, mature);
  const known = isKnown(knownAt);
  const at = "coalesce(at_ms, '-inf'::double)";
  if (labels.keys === null) {
    return (
      `select predicted_ms, case when ${known} then ${at} end as label_ms ` +
      `from (select ${time} as predicted_ms, ${label} from ${rows.view})`
    );
  }
  const [id, theirs] = [keyOf(labels.keys.predictions), keyOf(labels.keys.labels)];
  return (
    `select p.predicted_ms, l.label_ms ` +
    `from (select ${id} as key, ${time} as predicted_ms from ${rows.view}) as p ` +
    `left join (select key, min(${at}) as label_ms ` +
    `from (select ${theirs} as key, ${label} from ${labels.view}) ` +
    `where ${known} and key is not null group by key) as l on p.key = l.key`
  );
}
