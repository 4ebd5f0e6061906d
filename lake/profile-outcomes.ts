import type { Monitor } from '../domain/monitor.js';
import type { Counts, Grid } from '../domain/profile.js';
import type { Instant, Window } from '../domain/window.js';
import { ask, perform } from './ask.js';
import type { Duck } from './duck.js';
import type { Binning } from './profile-columns.js';
import { countOutcomes } from './profile-meetings.js';
import { keyOf, labelOf, predictionOf } from './profile-projections.js';
import type { OpenLabels, Relation } from './profile-projections.js';
import { fresh } from './window-files.js';

export interface OutcomesSpec {
  monitor: Monitor;
  grid: Grid;
  binning: Binning;
  /** The window's rows; `files`: all rows of its files. */
  rows: Relation & { files: string };
  labels: OpenLabels | null;
  /** Labels with a later time are not known. */
  knownAt: Instant;
  /** A label without a time is known. */
  mature: boolean;
}

export interface OutcomesFound {
  outcomes: Counts | null;
  /** `asked.labels`: sums joined, orphans, duplicates, conflicting; null without labels. */
  labels: Counts | null;
}

/** How predictions and labels of a window meet; null without a prediction column and labels. */
export async function outcomesOf(db: Duck, spec: OutcomesSpec): Promise<OutcomesFound> {
  const { monitor, rows, labels } = spec;
  const prediction = monitor.columns.prediction;
  const there = prediction !== null && prediction.column in rows.types;
  if (!there && labels === null) return { outcomes: null, labels: null };
  const made: string[] = [];
  const view = async (select: string) => {
    const name = fresh('outcome');
    await perform(db, `create view ${name} as ${select}`);
    made.push(`drop view ${name}`);
    return name;
  };
  const told = predictionOf(monitor, rows);
  try {
    if (labels === null) {
      const joined = await view(
        `select ${told}, '' as label, 0::double as truth from ${rows.view}`,
      );
      return { outcomes: await countOutcomes(db, spec, joined), labels: null };
    }
    const own = labelOf(monitor, labels, spec.mature);
    if (labels.keys === null) {
      const joined = await view(inside(own, told, spec));
      const outcomes = await countOutcomes(db, spec, joined);
      return { outcomes, labels: answer(outcomes, {}) };
    }
    const key = keyOf(labels.keys.predictions);
    const predictions = await view(`select ${key} as key, ${told} from ${rows.view}`);
    const all = await view(`select ${key} as key from ${rows.files}`);
    const labelKey = keyOf(labels.keys.labels);
    const labelRows = await view(`select ${labelKey} as key, ${own} from ${labels.view}`);
    const table = fresh('labels');
    const from = { table, rows: labelRows, keys: predictions, known_ms: spec.knownAt };
    await ask(db, 'performance/labels', from);
    made.push(`drop table ${table}`);
    const joined = await view(
      `select score, predicted, version, coalesce(l.value, '') as label, l.truth ` +
        `from ${predictions} as p left join ${table} as l on p.key = l.key`,
    );
    const outcomes = await countOutcomes(db, spec, joined);
    const [faults] = await ask(db, 'performance/faults', { labels: table });
    const [lost] = await ask(db, 'performance/orphans', { rows: labelRows, predictions: all });
    return { outcomes, labels: answer(outcomes, { ...faults, ...lost }) };
  } finally {
    for (const drop of made.reverse()) await perform(db, drop);
  }
}

/** Each prediction holds its label. */
function inside(own: string, told: string, { rows, knownAt }: OutcomesSpec): string {
  const known = `value is not null and coalesce(at_ms <= ${knownAt}, maturity)`;
  return (
    `select score, predicted, version, case when ${known} then value else '' end as label, ` +
    `case when ${known} then truth end as truth from (select ${told}, ${own} from ${rows.view})`
  );
}

function answer(outcomes: Counts, found: Readonly<Record<string, unknown>>): Counts {
  let joined = 0;
  outcomes.by['label']?.forEach((label: string | number, row: number) => {
    if (label !== '') joined += outcomes.sums['n']?.[row] ?? 0;
  });
  const one = (name: string) => Float64Array.of(Number(found[name] ?? 0));
  return {
    by: {},
    sums: {
      n: Float64Array.of(1),
      joined: Float64Array.of(joined),
      orphans: one('orphans'),
      duplicates: one('duplicates'),
      conflicting: one('conflicting'),
    },
  };
}

/** A label without a time is known once every row of the window would have its label. */
export const isMature = (window: Window, matureAfter: number, knownAt: Instant): boolean =>
  window.end + matureAfter <= knownAt;
