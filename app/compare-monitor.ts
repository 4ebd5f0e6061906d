import { byColumn } from '../domain/profile.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';

/** What is asked of two tables: which columns, and which checks with which limits. */
export interface Asked {
  /** null: every column that both can be compared by. */
  columns: readonly string[] | null;
  checks: readonly CheckSpec[];
  /** Every column of the first table: each counts for itself, for no model weighs them. */
  all: readonly string[];
}

/**
 * A monitor that says nothing but which columns and checks are meant: two tables have no owner, no
 * schedule and no model. Nothing of it is published.
 */
export function compareMonitor({ columns, checks, all }: Asked): Monitor {
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
        overrides: byColumn(all.map((column) => [column, override])),
      },
    },
    ...{
      labels: null,
      reference: { drift: null, others: {}, performance: null },
      segments: [],
      events: [],
    },
    checks,
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
