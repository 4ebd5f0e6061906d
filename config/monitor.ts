import type { z } from 'zod';
import type { Monitor } from '../domain/monitor.js';
import { resolveChecks } from './checks-resolve.js';
import { fileSchema, taskOf, type MonitorGiven } from './file-schema.js';
import { toLabels } from './labels-schema.js';
import type { KnownCheck } from './limit-schema.js';
import { crossFaults } from './monitor-faults.js';
import { toRetraining } from './retraining-schema.js';

/** The checks that a file may name, and those that judge when it names none. */
export interface KnownChecks {
  checks: readonly KnownCheck[];
  /** Names of the checks that a monitor gets by default; its own `checks` are still empty. */
  defaultChecks(monitor: Monitor): readonly string[];
}

/** The schema of a monitor file: YAML's plain values in, a resolved Monitor out. */
export function monitorSchema(known: KnownChecks) {
  // A transform, not a refinement: those also run on values that are wrong.
  return fileSchema(known.checks).transform((given, context) => {
    for (const { path, message } of crossFaults(given, known.checks)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    return resolve(given, known);
  }) satisfies z.ZodType<Monitor>;
}

function resolve(given: MonitorGiven, known: KnownChecks): Monitor {
  const task = taskOf(given);
  const { min_rows, ...grid } = given.windows;
  const classes = task !== 'regression';
  const label = toLabels(given.labels[0], { id: given.columns.id, classes });
  const bare: Monitor = {
    version: 1,
    model: { id: given.model.id, task, owners: given.model.owners, tags: given.model.tags },
    schedule: { lag: given.schedule.lag, catchup: given.schedule.catchup },
    windows: { ...grid, minRows: min_rows ?? 100 },
    predictions: given.predictions.from,
    columns: given.columns,
    labels: label,
    reference: {
      ...given.reference,
      performance:
        given.reference.performance ??
        (label === null ? null : { kind: 'first_mature', size: 28 * 86_400_000 }),
    },
    segments: [],
    events: [],
    checks: [],
    retraining: toRetraining(given.retraining, task === 'regression' ? 'rmse' : 'roc_auc'),
    alerts: given.alerts,
  };
  const rest = { defaults: known.defaultChecks(bare), minRows: min_rows ?? null };
  return { ...bare, checks: resolveChecks(given.checks, known.checks, rest) };
}
