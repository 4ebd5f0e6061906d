import { checkNamed, checks } from '../checks/index.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';

/** What is asked of two tables: which columns, and which checks with which limits. */
export interface Asked {
  /** null: every column that both can be compared by. */
  columns: readonly string[] | null;
  /** Judged, with their usual limits. */
  judged: readonly string[];
  /** Every column of the first table: each counts for itself, for no model weighs them. */
  all: readonly string[];
}

/** Judged where nobody says which: what a monitor without a list judges of its features. */
export const judgedByDefault: readonly string[] = [
  'schema',
  'missing',
  'psi',
  'unseen_categories',
  'out_of_range',
];

/** Checks that ask about a single column, in the order of every report. */
export const columnChecks: readonly string[] = checks
  .filter(({ over }) => over === 'feature')
  .map(({ name }) => name);

/**
 * A monitor that says nothing but which columns and checks are meant: two tables have no owner, no
 * schedule and no model. Nothing of it is published.
 */
export function compareMonitor({ columns, judged, all }: Asked): Monitor {
  const owner = 'nobody';
  const source = { kind: 'parquet' as const, path: '', where: null };
  // without a model every column matters
  const override = { type: null, importance: 1, source: null };
  return {
    version: 1,
    model: {
      ...{ id: 'compare', task: 'binary', tags: [] },
      owners: { data: owner, model: owner, system: owner, approvers: owner },
    },
    schedule: { lag: 0, catchup: 0 },
    windows: { size: '1d', timezone: 'UTC', align: 'monday', minRows: 0 },
    predictions: source,
    columns: {
      ...{ id: [], timestamp: { column: '', timezone: 'UTC' } },
      ...{ prediction: null, version: null, rowSource: null },
      features: {
        include: columns ?? '*',
        exclude: [],
        overrides: Object.fromEntries(all.map((column) => [column, override])),
      },
    },
    ...{
      labels: null,
      reference: { drift: null, others: {}, performance: null },
      segments: [],
      events: [],
    },
    checks: judged.map(specOf),
    retraining: null,
    alerts: {
      keepFiringFor: 1,
      repeat: { critical: { every: 0, most: 0 }, warning: { every: 0, most: 0 } },
      ...{ escalation: { critical: [], warning: [] }, chains: 0 },
      ackExpires: { critical: 0, warning: 0 },
      ...{ snoozeMax: { critical: 0, warning: 0 }, reopenWithin: 0 },
    },
  };
}

function specOf(name: string): CheckSpec {
  const { warn, alert, minRows, rule, ...params } = checkNamed(name).defaults;
  return {
    ...{ check: name, name: null, against: null, targets: null },
    ...{ warn, alert, minRows, rule, running: null, every: null, params },
  };
}
